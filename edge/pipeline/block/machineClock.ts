import type { Clock } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import { CLOCK_RIGHT, type ClockCorrection, clockInWords, stepClock } from '#models/health/quality/clockCorrection.ts';
import { ClockEstimate } from '#models/health/quality/clockEstimate.ts';

/** The clock that stamps a machine's data: estimated from arrivals, and corrected if it is too far ahead. */
export class MachineClock {
  readonly #state: { clock?: ClockCorrection };
  readonly #aheadMs: number;
  /** Not kept across a restart: half a minute of messages restores it. */
  readonly #estimate = new ClockEstimate();

  /** @param state of the machine; modified here. @param aheadMs that the clock may be ahead. */
  constructor(state: { clock?: ClockCorrection }, aheadMs: number) {
    this.#state = state;
    this.#aheadMs = aheadMs;
  }

  /** A description of its fault; null if it has none. */
  inWords(): string | null {
    return clockInWords(this.#correction);
  }

  /** Null until enough messages have arrived. */
  view(asset: string): Clock | null {
    const view = this.#estimate.view;
    const { offsetMs, steps } = this.#correction;
    if (offsetMs === 0) return view && { asset, ...view, jumps: Math.max(view.jumps, steps) };
    const jumps = Math.max(view?.jumps ?? 0, steps);
    return { asset, offsetS: offsetMs / 1000, driftPpm: view?.driftPpm ?? null, jumps, corrected: true };
  }

  /** Corrects the times of a stamped block, in place. @returns whether times from this block on are new again. */
  observe(block: SampleBlock, nowMs: number): boolean {
    const stampMs = timesOf(block).endUs / 1000;
    const before = this.#correction;
    const clock = stepClock(before, stampMs, nowMs, this.#aheadMs);
    this.#state.clock = clock;
    const setBack = this.#estimate.observe(stampMs, nowMs);
    this.correct(block);
    return setBack || clock.offsetMs !== before.offsetMs;
  }

  /** Shifts a block to its corrected time, in place. */
  correct(block: SampleBlock): void {
    const { offsetMs } = this.#correction;
    if (offsetMs === 0) return;
    block.timeQuality = 'corrected';
    if (block.kind === 'waveform') block.startUs += offsetMs * 1000;
    else for (let i = 0; i < block.timesUs.length; i++) block.timesUs[i] += offsetMs * 1000;
  }

  get #correction(): ClockCorrection {
    return this.#state.clock ?? CLOCK_RIGHT;
  }
}

export function timesOf(block: SampleBlock): { firstUs: number; endUs: number } {
  if (block.kind === 'scalars') return { firstUs: block.timesUs[0], endUs: block.timesUs[block.timesUs.length - 1] };
  return { firstUs: block.startUs, endUs: block.startUs + (block.samples.length * 1e6) / block.sampleRateHz };
}
