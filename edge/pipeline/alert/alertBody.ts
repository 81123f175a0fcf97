import type { AlertMessage } from '#models/contracts/alert.ts';

type Body<M> = Omit<M, 'v' | 'site' | 'edge' | 'outbox' | 'sequence' | 'oldest'>;

/** An alert that still lacks its envelope. */
export type AlertBody = Pick<AlertMessage, Exclude<keyof Body<AlertMessage>, number | symbol>>;
