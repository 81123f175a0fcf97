import type { GatheredSignal } from '#models/health/diagnosis/diagnoseAlert.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { directionOf } from '#models/machine/drivetrain.ts';
import { quantised, samplesOf } from '#models/signal/int16Signal.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../sources/source.ts';
import { sameRate, VibrationPoint } from './vibrationPoint.ts';

/** Arrivals that pay for one diagnosis of gathered signal, which costs as much as some hundreds of windows. */
const ARRIVALS_A_DIAGNOSIS = 20;
const MOST_CREDIT = 3;

/** How many diagnoses an edge may make: a plant in trouble must not keep it from reading its sources. */
export class DiagnosisCredit {
  #credit = MOST_CREDIT;
  /** Diagnoses that were made, and those that had to wait. */
  made = 0;
  deferred = 0;

  arrived(): void {
    this.#credit = Math.min(MOST_CREDIT, this.#credit + 1 / ARRIVALS_A_DIAGNOSIS);
  }

  get available(): boolean {
    return this.#credit >= 1;
  }

  spend(): boolean {
    if (!this.available) {
      this.deferred++;
      return false;
    }
    this.made++;
    this.#credit--;
    return true;
  }
}

/**
 * The signal that a point gathered, and that of an axial sensor of the same rate beside it; null of a slow point. It is the
 * signal as the evidence has it, in sixteen bits: what was judged can be judged again.
 */
export function gatheredSignal(
  name: string,
  points: ReadonlyMap<string, unknown>,
  config: Asset | undefined,
  rpm: number,
): GatheredSignal | null {
  const point = points.get(name);
  if (!(point instanceof VibrationPoint)) return null;
  const { pieces: exact, sampleRateHz } = point.gatherer.take();
  const pieces = exact.map(asSent);
  const { bearing: factors, unit = DEFAULT_WAVEFORM_UNIT } = configuredPoint(config, name) ?? {};
  const axial = [...points].flatMap(([other, its]) => {
    if (other === name || !(its instanceof VibrationPoint) || directionOf(other) !== 'axial') return [];
    const beside = its.gatherer.take();
    const sameUnit = (configuredPoint(config, other)?.unit ?? DEFAULT_WAVEFORM_UNIT) === unit;
    return sameUnit && sameRate(beside.sampleRateHz, sampleRateHz) ? beside.pieces.map(asSent) : [];
  });
  const { iso = { group: 2, foundation: 'rigid' }, drivetrain } = config ?? {};
  const direction = directionOf(name);
  return { pieces, context: { sampleRateHz, unit, rpm, factors, iso, drivetrain, direction, axial } };
}

const asSent = (piece: Float32Array) => samplesOf(quantised(piece));
