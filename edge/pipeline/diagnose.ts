import type { Diagnosis } from '#models/contracts/alert.ts';
import type { Contribution } from '#models/contracts/health.ts';
import { analyzePieces } from '#models/health/diagnosis/analyzeRecording.ts';
import type { RecordingContext } from '#models/health/diagnosis/assessability.ts';
import { diagnoseLines } from '#models/health/lineDiagnosis.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { directionOf } from '#models/machine/drivetrain.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../sources/source.ts';
import { sameRate, VELOCITY, VibrationPoint } from './vibrationPoint.ts';

/** Arrivals that pay for one diagnosis of gathered signal, which costs as much as some hundreds of windows. */
const ARRIVALS_A_DIAGNOSIS = 20;
const MOST_CREDIT = 3;

const BEARING_FAULTS: ReadonlySet<string> = new Set(['outer_race', 'inner_race', 'ball', 'cage', 'bearing']);

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
 * Which defect it is: by the lines of the signal that was gathered, where they name one; else by which line of the
 * bearing outgrew the others.
 * @param gathered null where too little signal was kept, or no diagnosis can be paid for.
 */
export function diagnose(
  contributions: readonly Contribution[],
  gathered: { pieces: Float32Array[]; context: RecordingContext } | null,
): Diagnosis {
  const grown = diagnoseLines(contributions);
  if (!gathered) return grown;
  const velocity = contributions.find((c) => c.feature.startsWith(VELOCITY));
  const context = { ...gathered.context, normalVelocityMmPerS: velocity?.normal };
  const { verdict, fault, mode, stage, confidence, reason, evidence } = analyzePieces(gathered.pieces, context);
  // Early lines are no alert by themselves; of a machine that has changed they say what is changing.
  if ((verdict !== 'fault' && verdict !== 'watch') || fault === null) {
    return { ...grown, reasons: [...grown.reasons, `the signal itself: ${reason}`] };
  }
  // What a machine has at 1× and the like may have been there all along: a bearing's line that outgrew all says what changed.
  if (!BEARING_FAULTS.has(fault) && grown.fault !== 'undetermined') {
    return { ...grown, reasons: [...grown.reasons, `the signal itself, which does not say what changed: ${reason}`] };
  }
  const kind = mode ? [`kind: ${mode.replaceAll('_', ' ')}`] : [];
  return { fault, confidence, reasons: [reason, `stage ${stage} of 4`, ...kind, ...evidence, ...grown.reasons] };
}

/** The signal that a point gathered, and that of an axial sensor of the same rate beside it; null of a slow point. */
export function gatheredSignal(
  name: string,
  points: ReadonlyMap<string, unknown>,
  config: Asset | undefined,
  rpm: number,
): Parameters<typeof diagnose>[1] {
  const point = points.get(name);
  if (!(point instanceof VibrationPoint)) return null;
  const { pieces, sampleRateHz } = point.gatherer.take();
  const { bearing: factors, unit = DEFAULT_WAVEFORM_UNIT } = configuredPoint(config, name) ?? {};
  const axial = [...points].flatMap(([other, its]) => {
    if (other === name || !(its instanceof VibrationPoint) || directionOf(other) !== 'axial') return [];
    const beside = its.gatherer.take();
    const sameUnit = (configuredPoint(config, other)?.unit ?? DEFAULT_WAVEFORM_UNIT) === unit;
    return sameUnit && sameRate(beside.sampleRateHz, sampleRateHz) ? beside.pieces : [];
  });
  const { iso = { group: 2, foundation: 'rigid' }, drivetrain } = config ?? {};
  const direction = directionOf(name);
  return { pieces, context: { sampleRateHz, unit, rpm, factors, iso, drivetrain, direction, axial } };
}
