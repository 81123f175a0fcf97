import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import type { Point } from '#models/machine/asset.ts';
import { pulseTimes, rangeOf, shaftOf, turnsOf } from '#models/signal/tachometer.ts';
import { Intake, type IntakeState } from '../block/intake.ts';
import { FeatureRows } from '../features/featureRows.ts';
import {
  MAX_JOIN_GAP_US,
  STANDSTILL_S,
  STANDSTILL_SNAPSHOTS,
  STILL_SWING_FRACTION,
  SWING_DECAY,
  TURNS,
} from '../judgement.ts';

interface TachometerState {
  kind: 'tachometer';
  intake: IntakeState;
  swing: number;
}

/** A slowly turning shaft gives its pulses over several blocks. */
const BUFFER_S = 3;

/** A tachometer's signal: its blocks give the shaft's speed and no feature rows. */
export class TachometerPoint {
  readonly intake: Intake;
  readonly rows = new FeatureRows();
  readonly #pulsesPerTurn: number;
  #samples = new Float32Array();
  #sampleRateHz = 0;
  #endUs: number | null = null;
  #swing: number;
  #still = { seconds: 0, snapshots: 0 };

  constructor(asset: string, point: string, config: Point, state?: unknown) {
    const restored =
      (state as TachometerState | undefined)?.kind === 'tachometer' ? (state as TachometerState) : undefined;
    this.intake = new Intake(asset, point, restored?.intake);
    this.#pulsesPerTurn = config.pulsesPerTurn ?? 1;
    this.#swing = restored?.swing ?? 0;
  }

  /** Speed in rpm; null if the pulses have no rhythm; undefined if unchanged: a repeated block, or too few pulses. */
  accept(block: WaveformBlock): number | null | undefined {
    const seconds = block.samples.length / block.sampleRateHz;
    if (block.timeQuality === 'received')
      block.startUs = this.intake.assignTime(block.startUs, seconds * 1e6, this.#endUs);
    if (!this.intake.admit(block.startUs)) return undefined;
    const follows = this.#append(block);
    const [low, high] = rangeOf(block.samples);
    const swing = high - low;
    this.#swing = Math.max(swing, this.#swing);
    if (swing < STILL_SWING_FRACTION * this.#swing) return this.#checkStandstill(seconds, follows);
    this.#still = { seconds: 0, snapshots: 0 };
    const pulses = pulseTimes(this.#samples, this.#sampleRateHz).slice(-(TURNS * this.#pulsesPerTurn + 1));
    const profile = turnsOf(pulses, this.#pulsesPerTurn);
    if (!profile) return undefined;
    const shaft = shaftOf(profile);
    // A displaced sensor gives weaker pulses; noise during a long standstill must never count as pulses.
    if (shaft) this.#swing = Math.max(swing, SWING_DECAY * this.#swing);
    return shaft && shaft.meanHz * 60;
  }

  state(): TachometerState {
    return { kind: 'tachometer', intake: this.intake.state, swing: this.#swing };
  }

  #checkStandstill(seconds: number, follows: boolean): 0 | undefined {
    this.#still.seconds += seconds;
    if (!follows) this.#still.snapshots++;
    return this.#still.seconds >= STANDSTILL_S || this.#still.snapshots >= STANDSTILL_SNAPSHOTS ? 0 : undefined;
  }

  /** Appends a block that continues the signal, and keeps the latest seconds. @returns whether it continued. */
  #append({ samples, startUs, sampleRateHz }: WaveformBlock): boolean {
    const follows =
      this.#endUs !== null && Math.abs(startUs - this.#endUs) <= MAX_JOIN_GAP_US && sampleRateHz === this.#sampleRateHz;
    const before = follows ? this.#samples : new Float32Array();
    const kept = Math.min(before.length, Math.max(0, Math.round(BUFFER_S * sampleRateHz) - samples.length));
    const joined = new Float32Array(kept + samples.length);
    joined.set(before.subarray(before.length - kept));
    joined.set(samples, kept);
    this.#samples = joined;
    this.#sampleRateHz = sampleRateHz;
    this.#endUs = startUs + (samples.length * 1e6) / sampleRateHz;
    return follows;
  }
}
