import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import type { Asset } from '#models/machine/asset.ts';
import { LineSpectrum, MIN_SPECTRUM } from '#models/signal/lineSpectrum.ts';
import { estimateShaftHz } from '#models/signal/shaftSpeed.ts';
import { sameRate } from '../block/sampleRate.ts';
import { SignalBuffer, SignalBufferPool } from '../block/signalBuffer.ts';
import { ESTIMATE_VALID_US, ESTIMATION_S } from '../judgement.ts';
import type { Shaft } from './shaft.ts';

/**
 * A machine's speed: from its speed value or tachometer, whichever reported last; without either, but with a
 * `speedRange`, estimated from the signal of one of its points; otherwise the rated speed.
 */
export class MachineSpeed {
  readonly #state: { rpm: number | null };
  readonly #ratedRpm: number;
  readonly #range: Asset['speedRange'];
  readonly #hasSpeedPoint: boolean;
  readonly #buffer = new SignalBuffer(new SignalBufferPool(1));
  #estimationPoint: { point: string; sampleRateHz: number; lastUs: number } | null = null;
  #nextUs = Number.NEGATIVE_INFINITY;

  /** @param state of the machine; modified here. */
  constructor(config: Asset | undefined, state: { rpm: number | null }) {
    this.#state = state;
    this.#ratedRpm = config?.ratedRpm ?? 0;
    const measured = Object.values(config?.points ?? {}).some(({ role }) => role === 'speed' || role === 'tachometer');
    this.#hasSpeedPoint = measured;
    this.#range = measured ? undefined : config?.speedRange;
    // Nothing would correct a speed from a source that is no longer configured.
    if (!measured && !this.#isPossible(state.rpm)) state.rpm = null;
  }

  #isPossible(rpm: number | null): boolean {
    return rpm !== null && this.#range !== undefined && rpm >= this.#range[0] && rpm <= this.#range[1];
  }

  get shaft(): Shaft {
    return { hz: (this.#state.rpm ?? this.#ratedRpm) / 60, ratedHz: this.#ratedRpm / 60 };
  }

  /** Whether one of its own points measures the speed. */
  get isMeasured(): boolean {
    return this.#hasSpeedPoint && this.#state.rpm !== null;
  }

  /** Null if the speed could not be determined: the rated speed applies. */
  setRpm(rpm: number | null): void {
    this.#state.rpm = rpm;
  }

  /** Once a minute, from the first point that sends a block. */
  estimateFrom(block: WaveformBlock): void {
    if (!this.#range || block.startUs < this.#nextUs || block.samples.length < MIN_SPECTRUM) return;
    const silent = this.#estimationPoint !== null && block.startUs - this.#estimationPoint.lastUs > ESTIMATE_VALID_US;
    if (silent) this.#buffer.clear();
    if (silent || this.#estimationPoint === null)
      this.#estimationPoint = { point: block.point, sampleRateHz: block.sampleRateHz, lastUs: block.startUs };
    const { point, sampleRateHz: rate } = this.#estimationPoint;
    // Devices measure their own rate, which fluctuates.
    if (block.point !== point || !sameRate(block.sampleRateHz, rate)) return;
    this.#estimationPoint.lastUs = block.startUs;
    this.#buffer.add({ ...block, sampleRateHz: rate }, 0);
    if (this.#buffer.seconds < ESTIMATION_S) return;
    const { pieces } = this.#buffer.read();
    const [low, high] = this.#range;
    const hz = estimateShaftHz(new LineSpectrum(pieces, rate), low / 60, high / 60);
    this.setRpm(hz === null ? null : hz * 60);
    this.#buffer.clear();
    this.#estimationPoint = null;
    this.#nextUs = block.startUs + ESTIMATE_VALID_US;
  }
}
