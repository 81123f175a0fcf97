import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import type { Asset } from '#models/machine/asset.ts';
import { LEAST_SPECTRUM, LineSpectrum } from '#models/signal/lineSpectrum.ts';
import { estimateShaftHz } from '#models/signal/shaftSpeed.ts';
import { Gatherer, GatherRoom } from './gatherer.ts';
import { sameRate } from './vibrationPoint.ts';

/** Signal from which a speed is told: lines half a hertz apart are two. */
const LISTEN_S = 4;
/** How long a speed that was told from the signal stands before it is told again. */
const STANDS_US = 60e6;

/**
 * A machine's speed: of its speed value or tachometer, whichever spoke last; where it has neither, and a `speedRange`, told
 * from the signal of one of its points; else as rated.
 */
export class MachineSpeed {
  readonly #state: { rpm: number | null };
  readonly #ratedRpm: number;
  readonly #range: Asset['speedRange'];
  readonly #hasPoint: boolean;
  readonly #heard = new Gatherer(new GatherRoom(1));
  #listenedTo: { point: string; sampleRateHz: number; lastUs: number } | null = null;
  #nextUs = Number.NEGATIVE_INFINITY;

  /** `state` is kept by the machine, and changed here. */
  constructor(config: Asset | undefined, state: { rpm: number | null }) {
    this.#state = state;
    this.#ratedRpm = config?.ratedRpm ?? 0;
    const measured = Object.values(config?.points ?? {}).some(({ role }) => role === 'speed' || role === 'tachometer');
    this.#hasPoint = measured;
    this.#range = measured ? undefined : config?.speedRange;
    // What was told by something that is no longer configured is nobody's to correct.
    if (!measured && !this.#isPossible(state.rpm)) state.rpm = null;
  }

  #isPossible(rpm: number | null): boolean {
    return rpm !== null && this.#range !== undefined && rpm >= this.#range[0] && rpm <= this.#range[1];
  }

  get shaft(): { hz: number; ratedHz: number } {
    return { hz: (this.#state.rpm ?? this.#ratedRpm) / 60, ratedHz: this.#ratedRpm / 60 };
  }

  /** Whether a point of its own has told the speed. */
  get isMeasured(): boolean {
    return this.#hasPoint && this.#state.rpm !== null;
  }

  /** Null: it could not be told, and the rated speed stands in. */
  told(rpm: number | null): void {
    this.#state.rpm = rpm;
  }

  /** Once a minute, from the first point that speaks then. */
  listen(block: WaveformBlock): void {
    if (!this.#range || block.startUs < this.#nextUs || block.samples.length < LEAST_SPECTRUM) return;
    const silent = this.#listenedTo !== null && block.startUs - this.#listenedTo.lastUs > STANDS_US;
    if (silent) this.#heard.clear();
    if (silent || this.#listenedTo === null)
      this.#listenedTo = { point: block.point, sampleRateHz: block.sampleRateHz, lastUs: block.startUs };
    const { point, sampleRateHz: rate } = this.#listenedTo;
    // Devices measure their own rate, and it wavers.
    if (block.point !== point || !sameRate(block.sampleRateHz, rate)) return;
    this.#listenedTo.lastUs = block.startUs;
    this.#heard.add({ ...block, sampleRateHz: rate }, 0);
    if (this.#heard.seconds < LISTEN_S) return;
    const { pieces } = this.#heard.take();
    const [low, high] = this.#range;
    const hz = estimateShaftHz(new LineSpectrum(pieces, rate), low / 60, high / 60);
    this.told(hz === null ? null : hz * 60);
    this.#heard.clear();
    this.#listenedTo = null;
    this.#nextUs = block.startUs + STANDS_US;
  }
}
