import type { DiagnosisSignal } from '#models/health/diagnosis/diagnoseAlert.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { directionOf } from '#models/machine/drivetrain.ts';
import { quantised, samplesOf } from '#models/signal/int16Signal.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../../sources/source.ts';
import { sameRate } from '../block/sampleRate.ts';
import { VibrationPoint } from '../points/vibrationPoint.ts';

/** Arrivals per diagnosis of buffered signal, which costs as much as some hundreds of windows. */
const ARRIVALS_PER_DIAGNOSIS = 20;
const MAX_CREDIT = 3;

/** Limits the rate of diagnoses: a plant in trouble must not keep its edge from reading sources. */
export class DiagnosisCredit {
  #credit = MAX_CREDIT;
  /** Diagnoses made, and those that had to wait. */
  made = 0;
  deferred = 0;

  earn(): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + 1 / ARRIVALS_PER_DIAGNOSIS);
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
 * The buffered signal of a point and of an axial sensor beside it with the same sample rate; null for a slow point. The
 * samples are rounded to the 16 bits of the evidence, so that the diagnosis can be replayed from it.
 */
export function readDiagnosisSignal(
  name: string,
  points: ReadonlyMap<string, unknown>,
  config: Asset | undefined,
  rpm: number,
): DiagnosisSignal | null {
  const point = points.get(name);
  if (!(point instanceof VibrationPoint)) return null;
  const { pieces: exact, sampleRateHz } = point.buffer.read();
  const pieces = exact.map(roundToEvidence);
  const { bearing: factors, unit = DEFAULT_WAVEFORM_UNIT } = configuredPoint(config, name) ?? {};
  const axial = [...points].flatMap(([other, otherPoint]) => {
    if (other === name || !(otherPoint instanceof VibrationPoint) || directionOf(other) !== 'axial') return [];
    const axialSignal = otherPoint.buffer.read();
    const sameUnit = (configuredPoint(config, other)?.unit ?? DEFAULT_WAVEFORM_UNIT) === unit;
    return sameUnit && sameRate(axialSignal.sampleRateHz, sampleRateHz) ? axialSignal.pieces.map(roundToEvidence) : [];
  });
  const { iso = { group: 2, foundation: 'rigid' }, drivetrain } = config ?? {};
  const direction = directionOf(name);
  return { pieces, context: { sampleRateHz, unit, rpm, factors, iso, drivetrain, direction, axial } };
}

const roundToEvidence = (piece: Float32Array) => samplesOf(quantised(piece));
