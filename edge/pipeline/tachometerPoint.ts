import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import type { Point } from '#models/machine/asset.ts';
import { pulseTimes, shaftOf, turnsOf } from '#models/signal/tachometer.ts';
import { FeatureRows } from './featureRows.ts';
import { Intake, type IntakeState } from './intake.ts';

interface TachometerState {
  kind: 'tachometer';
  intake: IntakeState;
}

/** A tachometer's signal: its blocks give the shaft's speed, and no rows. */
export class TachometerPoint {
  readonly intake: Intake;
  readonly rows = new FeatureRows();
  readonly #pulsesPerTurn: number;

  constructor(asset: string, point: string, config: Point, state?: unknown) {
    const before =
      (state as TachometerState | undefined)?.kind === 'tachometer' ? (state as TachometerState) : undefined;
    this.intake = new Intake(asset, point, before?.intake);
    this.#pulsesPerTurn = config.pulsesPerTurn ?? 1;
  }

  /** In rpm; null where the block's pulses tell none, undefined where the block is not new. */
  accept(block: WaveformBlock): number | null | undefined {
    if (!this.intake.admit(block.startUs)) return undefined;
    const profile = turnsOf(pulseTimes(block.samples, block.sampleRateHz), this.#pulsesPerTurn);
    const shaft = profile && shaftOf(profile);
    return shaft ? shaft.meanHz * 60 : null;
  }

  state(): TachometerState {
    return { kind: 'tachometer', intake: this.intake.state };
  }
}
