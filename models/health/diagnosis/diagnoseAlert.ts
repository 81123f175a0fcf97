import type { Diagnosis } from '#models/contracts/alert.ts';
import type { Contribution } from '#models/contracts/health.ts';
import { diagnoseLines } from '../lineDiagnosis.ts';
import { VELOCITY } from '../velocityAlarm.ts';
import { analyzePieces } from './analyzeRecording.ts';
import type { RecordingContext } from './assessability.ts';

const BEARING_FAULTS: ReadonlySet<string> = new Set(['outer_race', 'inner_race', 'ball', 'cage', 'bearing']);

/** Signal that a point gathered, and what is known of it. */
export interface GatheredSignal {
  pieces: Float32Array[];
  context: RecordingContext;
}

/**
 * Which defect it is: by the lines of the signal that was gathered, where they name one; else by which line of the
 * bearing outgrew the others.
 * @param gathered null where too little signal was kept, or no diagnosis can be paid for.
 */
export function diagnoseAlert(contributions: readonly Contribution[], gathered: GatheredSignal | null): Diagnosis {
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
