import type { Flaw, Rejection } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { Unit } from '#models/contracts/units.ts';

/** What came of one message: a block, or why there is none. `point` is null where it could not be given to one. */
export type Arrival =
  | { ok: true; block: SampleBlock; flaw?: Flaw }
  | { ok: false; rejection: Rejection; point: { asset: string; point: string } | null };

/**
 * Where arrivals go. `done` travels with each and is called once, when the arrival is durable; null where nobody waits for
 * that (MQTT at QoS 0): such arrivals are made durable in larger groups, once a second.
 */
export interface Sink {
  accept(arrival: Arrival, done: (() => void) | null): void;
  /** While false, a source must not read on: what is accepted could not be kept. `whenReady` calls back, perhaps at once. */
  whenReady(resume: () => void): void;
}

/** A connection to machines. `start` resolves as soon as it is trying; an absent server is waited for. */
export interface Source {
  start(sink: Sink): Promise<void>;
  stop(): Promise<void>;
  /** In a few words, for status and metrics. */
  readonly state: 'connecting' | 'connected' | 'stopped';
  /** What happened to it beside arrivals, by name: for metrics. */
  readonly events?: ReadonlyMap<string, number>;
}

/** The unit in which a point is taken to speak where nothing is configured. */
export const DEFAULT_WAVEFORM_UNIT: Unit = 'g';
