import type { Outcome } from '#models/alerting/alarmLifecycle.ts';
import type { AlarmAction, AlertRecord, Finding } from '#models/contracts/alert.ts';
import type { AlertCase } from '#models/contracts/alertCase.ts';
import type { AuditEntry, AuditPage } from '#models/contracts/audit.ts';
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
import type { AuditFilter } from '../audit/auditTable.ts';
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

/** An accepted message: its content, and its original text. */
export interface Accepted {
  message: KeptMessage;
  text: string;
}

/** A message that violated its contract. */
export interface Refused {
  topic: string;
  refusal: Refusal;
  detail: string;
  payload: Uint8Array;
  atMs: number;
}

export interface TakeResult {
  /** Messages not seen before, in order. */
  fresh: KeptMessage[];
  duplicates: number;
  /** Sequences to acknowledge by origin, new and repeated. */
  ranges: { site: string; edge: string; outbox: string; ranges: Range[] }[];
  /** Current state of the changed alerts, for listeners. */
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
 * A gateway's durable state. `take` is one transaction: duplicates are detected by `(edge, outbox, sequence)`, and rows
 * for the historian enter a durable queue.
 */
export interface Store {
  take(accepted: readonly Accepted[]): TakeResult;
  /** Sets aside the beginning of the latest thousand refused messages, for inspection. */
  setAside(refused: readonly Refused[]): void;
  queued(limit: number): QueuedSeries[];
  unqueue(upToId: number): void;
  /** Queues the gateway's own rows for the historian, like those of edges. */
  enqueueRows(rows: readonly SeriesRow[]): void;
  queueSize(): { rows: number; bytes: number; dropped: number };
  alerts(filter: AlertFilter): AlertRecord[];
  alert(id: string): AlertRecord | null;
  readonly statistics: AlertStatistics;
  /** Cases, most recently opened first. */
  alertCases(filter: CaseFilter): AlertCase[];
  alertCase(id: string): AlertCase | null;
  /** In order of raise. */
  alertsOfCase(id: string, limit: number): AlertRecord[];
  /** Active alerts that have not returned, counted by machine and severity. */
  standingAlerts(): StandingCount[];
  /** The gateway's own alerts that have not returned, including closed ones. */
  ownAlerts(): AlertRecord[];
  findingCounts(): { fault: string; finding: string; n: number }[];
  /** Applies an operator's action with its notifications, in one transaction; null if the alert does not exist. */
  act(id: string, action: AlarmAction, by: string, requestId?: string): Outcome<AlertRecord> | null;
  /** Attaches a file to an alert and records it in the alert's history; null if the alert does not exist. */
  attach(file: NewAttachment, content: Buffer): Attached | null;
  readonly attachments: AttachmentTable;
  /** Raises or returns one of the gateway's own alerts. */
  keepOwnAlert(record: AlertRecord): void;
  /** Ends expired shelving, and applies suppressions that began or ended; returns the changed alerts. */
  changeDue(): AlertRecord[];
  /** Active and future suppressions; or all, newest first. */
  suppressions(state: 'open' | 'all', limit: number): Suppression[];
  /** Suppresses the alerts of machines for a time, or returns the reason for refusal. */
  suppress(request: SuppressionRequest): Suppression | { fault: string };
  /** Null if there is no open suppression with that id. */
  endSuppression(id: string, by: string): Suppression | null;
  /** Notifies channels of alerts that stay unacknowledged for longer than they allow; returns the number deferred. */
  escalate(escalations: readonly Escalation[]): number;
  readonly deliveries: DeliveryTable;
  readonly workOrders: WorkOrderTable;
  /** Records a finding at a machine; null if the alert does not exist. */
  find(id: string, finding: Finding): AlertRecord | null;
  health(): HealthMessage[];
  /** The area of a machine; undefined if it has none, or the machine is unknown. */
  areaOf(machine: OfMachine): string | undefined;
  /** Machines in an area of a site. */
  machinesOf(site: string, area: string): OfMachine[];
  /** Arrival times of messages, by the gateway's clock. */
  arrivals(): Arrivals;
  /** `unit` is null for points stored by an older version, until their next features. */
  points(): (PointKey & { hasSpectrum: boolean; unit: Unit | null })[];
  spectrum(key: PointKey): Spectrum | null;
  ledgers(): (PointLedger & { site: string; edge: string; stored: number })[];
  unmapped(): { site: string; edge: string; counts: LedgerMessage['unmapped'] }[];
  /** The audit log, oldest entry first, and its head. */
  auditLog(after: number, limit: number): { head: AuditHead; entries: AuditEntry[] };
  /** Entries of the audit log that match a filter, newest first. */
  findAudit(filter: AuditFilter, before: number | null, limit: number): AuditPage;
  audit(atMs: number, by: string, what: string, subject: string, detail: string | null): void;
  /** Newest first. */
  evidenceList(): EvidenceView[];
  evidence(id: string): EvidenceMessage | null;
  /** Evidence signals deleted to free space, over the lifetime of this store. */
  evidenceDropped(): number;
  sources(): (SourceOutages & { site: string; edge: string })[];
  clocks(): (Clock & { site: string; edge: string })[];
  edges(): StatusMessage[];
  close(): void;
}
