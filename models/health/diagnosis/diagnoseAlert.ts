import type { Diagnosis, Fault } from '#models/contracts/alert.ts';
import type { Contribution } from '#models/contracts/health.ts';
import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';
import { BEARING_LINES, diagnoseLines } from '../lineDiagnosis.ts';
import { risenFrom, VELOCITY } from '../velocityAlarm.ts';
import type { Analysis, Verdict } from './analysis.ts';
import { analyzePieces } from './analyzeRecording.ts';
import { bearingObstacle, type RecordingContext } from './assessability.ts';

const BEARING_FAULTS: ReadonlySet<string> = new Set(['outer_race', 'inner_race', 'ball', 'cage', 'bearing']);

/** Signal that a point gathered, and what is known of it. */
export interface DiagnosisSignal {
  pieces: Float32Array[];
  context: RecordingContext;
}

/** What an alert's newest diagnosis names. */
export interface AlertDiagnosis {
  diagnosis: Diagnosis;
  /** A fault of the machine that grew beside the bearing's; null where there is none. */
  beside: Diagnosis | null;
}

/**
 * Which defect it is: by the lines of the signal that was gathered, where they name one; else by which line of the
 * bearing outgrew the others.
 * @param gathered null where too little signal was kept, or no diagnosis can be paid for.
 */
export function diagnoseAlert(
  contributions: readonly Contribution[],
  gathered: DiagnosisSignal | null,
): AlertDiagnosis {
  const grownLines = diagnoseLines(contributions);
  if (!gathered) return { diagnosis: grownLines, beside: null };
  const byGrowth = withoutUntestedCage(grownLines, gathered);
  const velocity = contributions.find((c) => c.feature.startsWith(VELOCITY));
  const context = { ...gathered.context, normalVelocityMmPerS: velocity?.normal };
  const analysis = analyzePieces(gathered.pieces, context);
  const { verdict, fault, reason, evidence, masked = [] } = analysis;
  // Windows are short, and growth at a bearing's line may come from a line of the shaft beside it: a machine fault, or undetermined.
  const isContradicted =
    verdict === 'not_assessable' ||
    verdict === 'healthy' ||
    (verdict === 'fault' && fault !== null && !BEARING_FAULTS.has(fault));
  const grown: Diagnosis =
    isContradicted && masked.includes(byGrowth.fault)
      ? {
          fault: 'undetermined',
          confidence: 0,
          reasons: ['the shaft’s lines beside it are higher', ...byGrowth.reasons],
        }
      : byGrowth;
  const unnamed = (why: string): Diagnosis => ({ ...grown, reasons: [...grown.reasons, `${why}: ${reason}`] });
  // Early lines are no alert by themselves; of a machine that has changed they say what is changing.
  if ((verdict !== 'fault' && verdict !== 'watch') || fault === null)
    return { diagnosis: unnamed('the signal itself'), beside: null };
  const isBearing = BEARING_FAULTS.has(fault);
  if (isBearing && verdict === 'watch' && !hasGrownMost(fault, contributions, velocity))
    return { diagnosis: unnamed('the machine’s vibration has grown more than these lines'), beside: null };
  const beside = isBearing || grown.fault !== 'undetermined' ? grownPattern(analysis, velocity, context.iso) : null;
  const lines = contributions.filter(isLine).map(growthOf);
  // The machine's vibration has grown as much as any line of the bearing: that is what changed, and its skirts lift the lines.
  if (!isBearing && velocity && growthOf(velocity) >= Math.max(...lines))
    return { diagnosis: diagnosisOf(fault, analysis, [...evidence, ...grown.reasons]), beside: null };
  // What a machine has at 1× and the like may have been there all along: a bearing's line that outgrew all says what changed.
  if (!isBearing && grown.fault !== 'undetermined')
    return { diagnosis: unnamed('the signal itself does not show what changed'), beside };
  return { diagnosis: diagnosisOf(fault, analysis, [...evidence, ...grown.reasons]), beside };
}

const isLine = ({ feature }: Contribution) => BEARING_LINES.some((line) => line.feature === feature);
const growthOf = ({ value, normal }: Contribution) => value / Math.max(normal, 1e-12);

/** Whether the lines of a part have grown as much as the velocity: early lines that have not may be chance, or old. */
function hasGrownMost(fault: Fault, contributions: readonly Contribution[], velocity?: Contribution): boolean {
  const part = BEARING_LINES.find((line) => line.fault === fault)?.feature;
  const its = contributions.filter((c) => (part === undefined ? isLine(c) : c.feature === part));
  return !velocity || its.length === 0 || Math.max(...its.map(growthOf)) >= growthOf(velocity);
}

/** A rolling element passes the load zone at the cage's rate: where its own lines are out of reach, it may be that. */
function withoutUntestedCage(byGrowth: Diagnosis, { pieces, context }: DiagnosisSignal): Diagnosis {
  const obstacle = byGrowth.fault === 'cage' ? bearingObstacle(pieces, context) : null;
  if (!obstacle?.stopsAll) return byGrowth;
  const reason = `cage or rolling element: ${obstacle.reason}; ${obstacle.remedy} to decide`;
  return { ...byGrowth, fault: 'bearing', reasons: [reason, ...byGrowth.reasons] };
}

/**
 * The machine's fault that is called, where its pattern alone has risen and leads the machine out of zone B. Less is no
 * news, or may be the bearing's own: the impacts of a large inner-race defect are modulated by the shaft.
 */
function grownPattern(
  { machine, evidence }: Analysis,
  velocity: Contribution | undefined,
  iso: IsoClass,
): Diagnosis | null {
  if (!machine?.fault || !velocity) return null;
  const limit = Math.max(zoneLimits(iso)[1], risenFrom(velocity.normal, iso));
  if (machine.velocityMmPerS < limit) return null;
  return diagnosisOf(machine.fault, machine, evidence);
}

function diagnosisOf(fault: Fault, { confidence, reason, stage, mode }: Verdict, more: readonly string[]): Diagnosis {
  const kind = mode ? [`kind: ${mode.replaceAll('_', ' ')}`] : [];
  return { fault, confidence, reasons: [reason, `stage ${stage} of 4`, ...kind, ...more] };
}
