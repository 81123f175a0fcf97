import type { Flaw, Rejection, SubscriptionLedger } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { Unit } from '#models/contracts/units.ts';
import type { Receipt } from '../receipts.ts';

/** The result of one message: a block, or why there is none. `point` is null if it could not be assigned. */
export type Arrival =
  | { ok: true; block: SampleBlock; flaw?: Flaw }
  | {
      ok: false;
      rejection: Rejection;
      point: { asset: string; point: string } | null;
      /** Details beyond the rejection, such as which chunk is missing. */
      detail?: string;
    };

/**
 * Receives arrivals. `done` is called once, when the arrival is durable; null if no acknowledgement is needed (MQTT at
 * QoS 0): such arrivals are committed in larger groups, once a second.
 */
export interface Sink {
  accept(arrival: Arrival, done: (() => void) | null): void;
  /** Back-pressure: a source must not read on until `resume` is called, perhaps at once. */
  whenReady(resume: () => void): void;
  /** Time of the newest accepted value of a point, ms since 1970, also from before a restart; null if there is none. */
  newestMs?(asset: string, point: string): number | null;
}

/** For messages that may be repeated, after a crash or because their sender got no reply. */
export interface OnceSink extends Sink {
  /** Accepts all arrivals of one message in one transaction with its receipt, so that a repetition is recognised. */
  acceptOnce(arrivals: readonly Arrival[], receipt: Receipt, done: () => void): void;
  /** The reply to a message that is durable; null if there was none. */
  receiptOf(key: string): string | null;
}

/** A configured point that a source cannot deliver while it is connected, and why. */
export interface SourceFault {
  asset: string;
  point: string;
  /** Short name for metrics, such as an OPC UA status code. */
  reason: string;
  /** For users, with the remedy if there is one. */
  detail: string;
}

/** Faults per source that health and metrics list; all of them are counted. */
export const MAX_FAULTS = 100;

/** A connection to machines. `start` resolves as soon as it is connecting; it waits for an unreachable server. */
export interface Source {
  start(sink: OnceSink): Promise<void>;
  stop(): Promise<void>;
  /** For status and metrics. */
  readonly state: 'connecting' | 'connected' | 'stopped';
  /** Counts of events other than arrivals, by name: for metrics. */
  readonly events?: ReadonlyMap<string, number>;
  /** Points that it cannot deliver at present: for health and metrics. */
  readonly faults?: readonly SourceFault[];
  /** Message counts of each subscription, if the source has any. */
  subscriptions?(): Omit<SubscriptionLedger, 'source'>[];
}

/** The assumed unit of a waveform point if none is configured. */
export const DEFAULT_WAVEFORM_UNIT: Unit = 'g';
