import type { AlertCause } from '#models/alerting/alertCause.ts';
import type { AlertChange, AssetAlertState } from '#models/alerting/assetAlert.ts';
import type { Diagnosis } from '#models/contracts/alert.ts';
import type { Decision } from '#models/contracts/decision.ts';
import type { Namur, RemainingLife } from '#models/contracts/health.ts';
import type { PointAssessment } from '../assessment/pointAssessment.ts';

export type ActiveAlert = AssetAlertState & { active: true };
export type ReportedChange = Exclude<AlertChange, null>;

/** Names of families; a secondary fault has `vibration.<fault>`, a slow value `value.<point>`. */
export const VIBRATION = 'vibration';
export const TREND = 'trend';
export const PROCESS = 'process';
const VALUE = 'value';
/** Of alerts to the integrator: `wiring.<kind>.<point>`. */
export const WIRING = 'wiring.';

export const valueFamilyName = (point: string): string => `${VALUE}.${point}`;

/** Why an alert is raised or updated. */
export interface CauseFound {
  /** The newest diagnosis. */
  diagnosis: Diagnosis;
  /** The cause the alert reports; two consecutive diagnoses are needed to change it. */
  cause: AlertCause;
  /** Another concurrent fault, which has its own alert. */
  second: Diagnosis | null;
}

/** An alert that was just reported. */
export interface AlertReport {
  alert: ActiveAlert;
  change: ReportedChange;
  assessment: PointAssessment;
  index: number;
  /** Null for a return. */
  found: CauseFound | null;
  /** Input of the step that caused the change. */
  step: Pick<Decision['alert'], 'before' | 'seen'>;
}

/** How a family's alerts are reported. */
export interface ReportedFamily {
  /** Key of its alert's state, and part of the alert's id. */
  readonly name: string;
  /** Whether its evidence holds the machine's ISO zone. */
  readonly hasIsoEvidence: boolean;
  /** One sentence for the alert. */
  describe(assessment: PointAssessment, diagnosis: Diagnosis, reasons: string[]): string;
  remainingLife(): RemainingLife;
}

/** What is specific to one kind of assessment's alerts; everything else is shared (`alertStage.ts`). */
export interface AlertFamily extends ReportedFamily {
  findCause(assessment: PointAssessment, reasons: string[], before: AlertCause | null): CauseFound;
  /** Whether an active alert must be updated before its next update is due. */
  hasNews?(alert: AssetAlertState, assessment: PointAssessment): boolean;
  /** Called with each assessment, before the alert's step. */
  observe?(assessment: PointAssessment, index: number): void;
  /** Whether the exceedance is transmitted from another machine, whose own alert reports it. */
  isTransmitted?(assessment: PointAssessment, index: number): boolean;
  /** Called after each report of its alert. */
  onReported?(report: AlertReport): void;
}

const WARNING_STATUS: Record<string, Namur | null> = {
  [VIBRATION]: 'MAINTENANCE_REQUIRED',
  [TREND]: 'MAINTENANCE_REQUIRED',
  [PROCESS]: 'OFF_SPEC',
  [VALUE]: 'OFF_SPEC',
  // A machine's wiring is independent of its health.
  [WIRING.slice(0, -1)]: null,
};

/** The NAMUR NE 107 status of a machine with a warning of that family; null if the family is unrelated to health. */
export function warningStatus(family: string): Namur | null {
  return WARNING_STATUS[family.split('.')[0]];
}
