import type { Diagnosis, Fault } from '#models/contracts/alert.ts';
import type { Contribution } from '#models/contracts/health.ts';
import { type IsoClass, zoneLimits } from '#models/machine/iso20816.ts';
import { BEARING_LINES, diagnoseLines } from '../lineDiagnosis.ts';
import { risenFrom, VELOCITY } from '../velocityAlarm.ts';
import type { Analysis, Verdict } from './analysis.ts';
import { analyzePieces } from './analyzeRecording.ts';
import { bearingObstacle, type RecordingContext } from './assessability.ts';

const BEARING_FAULTS: ReadonlySet<string> = new Set(['outer_race', 'inner_race', 'ball', 'cage', 'bearing']);

/** The buffered signal of a point, and its context. */
export interface DiagnosisSignal {
  pieces: Float32Array[];
  context: RecordingContext;
}

/** An alert's newest diagnosis. */
export interface AlertDiagnosis {
  diagnosis: Diagnosis;
  /** A machine fault that grew beside the bearing's; null if there is none. */
  beside: Diagnosis | null;
}

/**
 * The defect behind an alert: by the lines of the buffered signal if they name one, else by the bearing line that
 * outgrew the others.
 * @param gathered null if too little signal is buffered, or the diagnosis budget is used up.
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
  // In short windows growth at a bearing line may come from a neighbouring shaft line: a machine fault, or undetermined.
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
  // Early lines raise no alert by themselves; on a machine that has changed they show what is changing.
  if ((verdict !== 'fault' && verdict !== 'watch') || fault === null)
    return { diagnosis: unnamed('the signal itself'), beside: null };
  const isBearing = BEARING_FAULTS.has(fault);
  if (isBearing && verdict === 'watch' && !hasGrownMost(fault, contributions, velocity))
    return { diagnosis: unnamed('the machine’s vibration has grown more than these lines'), beside: null };
  const beside = isBearing || grown.fault !== 'undetermined' ? grownPattern(analysis, velocity, context.iso) : null;
  const lines = contributions.filter(isLine).map(growthOf);
  // The velocity has grown as much as any bearing line: the machine changed, and its skirts lift the bearing lines.
  if (!isBearing && velocity && growthOf(velocity) >= Math.max(...lines))
    return { diagnosis: diagnosisOf(fault, analysis, [...evidence, ...grown.reasons]), beside: null };
  // Shaft lines such as 1× may have been there all along: a bearing line that outgrew all others shows what changed.
  if (!isBearing && grown.fault !== 'undetermined')
    return { diagnosis: unnamed('the signal itself does not show what changed'), beside };
  return { diagnosis: diagnosisOf(fault, analysis, [...evidence, ...grown.reasons]), beside };
}

const isLine = ({ feature }: Contribution) => BEARING_LINES.some((line) => line.feature === feature);
const growthOf = ({ value, normal }: Contribution) => value / Math.max(normal, 1e-12);

/** Whether a part's lines have grown as much as the velocity: early lines that have not may be chance, or old. */
function hasGrownMost(fault: Fault, contributions: readonly Contribution[], velocity?: Contribution): boolean {
  const part = BEARING_LINES.find((line) => line.fault === fault)?.feature;
  const its = contributions.filter((c) => (part === undefined ? isLine(c) : c.feature === part));
  return !velocity || its.length === 0 || Math.max(...its.map(growthOf)) >= growthOf(velocity);
}

/**
 * A rolling element passes the load zone at the cage's rate: if its own lines are out of range, it may be the cause.
 */
function withoutUntestedCage(byGrowth: Diagnosis, { pieces, context }: DiagnosisSignal): Diagnosis {
  const obstacle = byGrowth.fault === 'cage' ? bearingObstacle(pieces, context) : null;
  if (!obstacle?.stopsAll) return byGrowth;
  const reason = `cage or rolling element: ${obstacle.reason}; ${obstacle.remedy} to decide`;
  return { ...byGrowth, fault: 'bearing', reasons: [reason, ...byGrowth.reasons] };
}

/**
 * The called machine fault, if its pattern alone has risen and takes the machine out of zone B. A smaller rise is no
 * news, or may be the bearing's: the shaft modulates the impacts of a large inner-race defect.
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
