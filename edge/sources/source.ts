import type { Flaw, Rejection, SubscriptionLedger } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { Unit } from '#models/contracts/units.ts';
import type { Receipt } from '../receipts.ts';

/** What came of one message: a block, or why there is none. `point` is null where it could not be given to one. */
export type Arrival =
  | { ok: true; block: SampleBlock; flaw?: Flaw }
  | {
      ok: false;
      rejection: Rejection;
      point: { asset: string; point: string } | null;
      /** What the rejection does not say by itself, such as which chunk is missing. */
      detail?: string;
    };

/**
 * Where arrivals go. `done` travels with each and is called once, when the arrival is durable; null where nobody waits for
 * that (MQTT at QoS 0): such arrivals are made durable in larger groups, once a second.
 */
export interface Sink {
  accept(arrival: Arrival, done: (() => void) | null): void;
  /** While false, a source must not read on: what is accepted could not be kept. `whenReady` calls back, perhaps at once. */
  whenReady(resume: () => void): void;
  /** Time of the newest value of a point that was accepted, ms since 1970, also before a restart; null where there is none. */
  newestMs?(asset: string, point: string): number | null;
}

/** For messages that may come twice, after a crash or because their sender was not answered. */
export interface OnceSink extends Sink {
  /** Takes all that one message brought in one transaction with its receipt, so that the message is known when it comes again. */
  acceptOnce(arrivals: readonly Arrival[], receipt: Receipt, done: () => void): void;
  /** What was answered to a message that is durable; null where there was none. */
  receiptOf(key: string): string | null;
}

/** A configured point that a source cannot deliver while it is connected, and why. */
export interface SourceFault {
  asset: string;
  point: string;
  /** A short name, for metrics, such as an OPC UA status code. */
  reason: string;
  /** For a person, with the remedy where there is one. */
  detail: string;
}

/** Of one source that health and metrics name; all of them are counted. */
export const MAX_FAULTS = 100;

/** A connection to machines. `start` resolves as soon as it is trying; an absent server is waited for. */
export interface Source {
  start(sink: OnceSink): Promise<void>;
  stop(): Promise<void>;
  /** In a few words, for status and metrics. */
  readonly state: 'connecting' | 'connected' | 'stopped';
  /** What happened to it beside arrivals, by name: for metrics. */
  readonly events?: ReadonlyMap<string, number>;
  /** Points that it cannot deliver now: for health and metrics. */
  readonly faults?: readonly SourceFault[];
  /** What became of the messages of each subscription, where it has such. */
  subscriptions?(): Omit<SubscriptionLedger, 'source'>[];
}

/** The unit in which a point is taken to speak where nothing is configured. */
export const DEFAULT_WAVEFORM_UNIT: Unit = 'g';
