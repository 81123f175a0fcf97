import type { AlertRecord } from '#models/contracts/alert.ts';

/** Tells people outside of Millwright of an alert. Rejects where it could not. */
export interface Notifier {
  readonly name: string;
  notify(alert: AlertRecord): Promise<void>;
}
