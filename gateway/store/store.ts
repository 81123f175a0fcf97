import type { Outcome } from '#models/alerting/alarmLifecycle.ts';
import type { AlarmAction, AlertRecord, Finding } from '#models/contracts/alert.ts';
import type { AlertCase } from '#models/contracts/alertCase.ts';
import type { AuditEntry } from '#models/contracts/audit.ts';
import type { EvidenceMessage, EvidenceView } from '#models/contracts/evidence.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { Clock, LedgerMessage, PointLedger, SourceOutages } from '#models/contracts/ledger.ts';
import type { KeptMessage, Refusal } from '#models/contracts/message.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import type { Suppression, SuppressionRequest } from '#models/contracts/suppression.ts';
import type { Unit } from '#models/contracts/units.ts';
import type { Arrivals } from '../alerts/liveness.ts';
import type { AuditHead } from '../audit/auditChain.ts';
import type { SeriesRow } from '../historian/historian.ts';
import type { OfMachine } from '../identity/places.ts';
import type { DeliveryTable } from '../notify/deliveryTable.ts';
import type { Escalation } from '../notify/routing.ts';
import type { WorkOrderTable } from '../workOrders/workOrderTable.ts';
import type { AlertFilter, StandingCount } from './alertFilter.ts';
import type { AlertStatistics } from './alertStatistics.ts';
import type { Attached, AttachmentTable, NewAttachment } from './attachmentTable.ts';
import type { CaseFilter } from './caseTable.ts';
import type { Range } from './sequences.ts';

/** A message that was accepted: what it says, and its text as it came. */
export interface Accepted {
  message: KeptMessage;
  text: string;
}

/** A message that broke its contract. */
export interface Refused {
  topic: string;
  refusal: Refusal;
  detail: string;
  payload: Uint8Array;
  atMs: number;
}

export interface Taken {
  /** Not seen before; in order. */
  fresh: KeptMessage[];
  duplicates: number;
  /** What may be acknowledged, by origin: new and old alike. */
  ranges: { site: string; edge: string; outbox: string; ranges: Range[] }[];
  /** Alerts as they are now, for those that listen. */
  alerts: AlertRecord[];
}

export interface QueuedSeries {
  id: number;
  text: string;
}

export interface PointKey {
  site: string;
  edge: string;
  asset: string;
  point: string;
}

/**
 * What a gateway must not forget. `take` is one transaction: duplicates are found by `(edge, outbox, sequence)`, and what
 * is for the historian goes into a queue that outlives the process.
 */
export interface Store {
  take(accepted: readonly Accepted[]): Taken;
  /** Keeps the newest thousand refused messages, the beginning of each, for a person to look at. */
  setAside(refused: readonly Refused[]): void;
  queued(limit: number): QueuedSeries[];
  unqueue(upToId: number): void;
  /** Rows of the gateway's own, for the historian; they wait in the queue as those of edges do. */
  enqueueRows(rows: readonly SeriesRow[]): void;
  queueSize(): { rows: number; bytes: number; dropped: number };
  alerts(filter: AlertFilter): AlertRecord[];
  alert(id: string): AlertRecord | null;
  readonly statistics: AlertStatistics;
  /** Cases, the last opened first. */
  alertCases(filter: CaseFilter): AlertCase[];
  alertCase(id: string): AlertCase | null;
  /** The first raised first. */
  alertsOfCase(id: string, limit: number): AlertRecord[];
  /** Active alerts that have not returned, counted by machine and severity. */
  standingAlerts(): StandingCount[];
  /** Alerts that the gateway itself raised and that have not returned, closed ones as well. */
  ownAlerts(): AlertRecord[];
  findingCounts(): { fault: string; finding: string; n: number }[];
  /** What an operator does, with its notifications, in one transaction; null where there is no such alert. */
  act(id: string, action: AlarmAction, by: string, requestId?: string): Outcome<AlertRecord> | null;
  /** Adds a file to an alert and notes it in the alert's history; null where there is no such alert. */
  attach(file: NewAttachment, content: Buffer): Attached | null;
  readonly attachments: AttachmentTable;
  /** An alert that the gateway itself raises or returns. */
  keepOwnAlert(record: AlertRecord): void;
  /** Ends what is shelved for no longer, and applies suppressions that began or ended; the alerts that changed. */
  changeDue(): AlertRecord[];
  /** Those that hold or are to come; or all, the newest first. */
  suppressions(state: 'open' | 'all', limit: number): Suppression[];
  /** Suppresses alerts of machines for a time, or says why not. */
  suppress(request: SuppressionRequest): Suppression | { fault: string };
  /** Null where none of that id is open. */
  endSuppression(id: string, by: string): Suppression | null;
  /** Notifies channels of alerts that stay unacknowledged for longer than they allow; how many are left for the next time. */
  escalate(escalations: readonly Escalation[]): number;
  readonly deliveries: DeliveryTable;
  readonly workOrders: WorkOrderTable;
  /** Notes what was found at the machine; null where there is no such alert. */
  find(id: string, finding: Finding): AlertRecord | null;
  health(): HealthMessage[];
  /** The area that a machine stands in; undefined: none, or there is no such machine. */
  areaOf(machine: OfMachine): string | undefined;
  /** Machines in an area of a site. */
  machinesOf(site: string, area: string): OfMachine[];
  /** When messages came, by the gateway's clock. */
  arrivals(): Arrivals;
  /** `unit` is null until the point's next features where an older version kept it. */
  points(): (PointKey & { hasSpectrum: boolean; unit: Unit | null })[];
  spectrum(key: PointKey): Spectrum | null;
  ledgers(): (PointLedger & { site: string; edge: string; stored: number })[];
  unmapped(): { site: string; edge: string; counts: LedgerMessage['unmapped'] }[];
  /** The audit log, the oldest entry first, and its head. */
  auditLog(after: number, limit: number): { head: AuditHead; entries: AuditEntry[] };
  audit(atMs: number, by: string, what: string, subject: string, detail: string | null): void;
  /** The newest first. */
  evidenceList(): EvidenceView[];
  evidence(id: string): EvidenceMessage | null;
  /** Signals that were thrown away to make room, since there is this store. */
  evidenceDropped(): number;
  sources(): (SourceOutages & { site: string; edge: string })[];
  clocks(): (Clock & { site: string; edge: string })[];
  edges(): StatusMessage[];
  close(): void;
}
