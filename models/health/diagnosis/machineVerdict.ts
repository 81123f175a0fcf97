import { coveredFaults, type Fault } from '#models/contracts/alert.ts';
import type { Analysis } from './analysis.ts';

/** One sensor of a machine and the analysis of its signal alone. */
export interface SensorAnalysis {
  sensor: string;
  analysis: Analysis;
}

export interface SensorPart {
  sensor: string;
  /**
   * `source`: the verdict is this sensor's, the largest of those that agree. `agrees`: it shows the same fault.
   * `cross_talk`: a bearing fault that is larger elsewhere. `contradicts`: it calls another fault. `shows_nothing`: no
   * fault is called. `not_assessable`: it allows no verdict.
   */
  role: 'source' | 'agrees' | 'cross_talk' | 'contradicts' | 'shows_nothing' | 'not_assessable';
  verdict: Analysis['verdict'];
  fault: Fault | null;
  confidence: number;
  /** Size of the fault here: the envelope's lines in the sensor's unit, or mm/s RMS; null if no fault is named. */
  size: number | null;
  reason: string;
}

export interface MachineVerdict
  extends Pick<Analysis, 'verdict' | 'fault' | 'mode' | 'stage' | 'confidence' | 'reason'> {
  /** In the order given. */
  sensors: SensorPart[];
}

/** Feature names of the envelope amplitudes at each part's lines. */
const LINES: Partial<Record<Fault, readonly string[]>> = {
  outer_race: ['envelopeBpfo'],
  inner_race: ['envelopeBpfi'],
  ball: ['envelopeBsf2', 'envelopeFtf'],
  cage: ['envelopeFtf'],
  bearing: ['envelopeBsf2', 'envelopeFtf'],
};

/** Ascending: the machine's verdict is the highest of its sensors'. */
const RANK = ['not_assessable', 'healthy', 'undetermined', 'watch', 'fault'] as const;

/**
 * Combines all sensors of a machine into one verdict: calls take precedence over suspicions. Of several faults the one
 * with the highest total confidence wins; of the sensors that show it, the one where it is largest is the source, since
 * a bearing's vibration reaches the others attenuated.
 * @param sensors at least one, all of one unit. @throws RangeError if there are none.
 */
export function machineVerdict(sensors: readonly SensorAnalysis[]): MachineVerdict {
  if (sensors.length === 0) throw new RangeError('a machine without a sensor has no verdict');
  const rank = Math.max(...sensors.map(({ analysis }) => RANK.indexOf(analysis.verdict)));
  const verdict = RANK[rank];
  const callers = sensors.filter(({ analysis }) => analysis.verdict === verdict);
  const lead = leaderOf(callers);
  const parts = sensors.map((s) => partOf(s, lead));
  const against = parts.filter((p) => p.role === 'contradicts');
  const doubt = against.reduce((sum, p) => sum + p.confidence, 0);
  const { fault, mode, stage, confidence } = lead.analysis;
  return {
    verdict,
    fault,
    mode,
    stage,
    confidence: confidence === 0 ? 0 : Number(((confidence * confidence) / (confidence + doubt)).toFixed(3)),
    reason: [`${lead.sensor}: ${lead.analysis.reason}`, ...summary(parts)].join('; '),
    sensors: parts,
  };
}

function leaderOf(callers: readonly SensorAnalysis[]): SensorAnalysis {
  const support = (fault: Fault | null) =>
    callers.filter((s) => isSame(s.analysis.fault, fault)).reduce((sum, s) => sum + s.analysis.confidence, 0);
  const first = callers.reduce((a, b) => (support(b.analysis.fault) > support(a.analysis.fault) ? b : a));
  return callers
    .filter((s) => isSame(s.analysis.fault, first.analysis.fault))
    .reduce((a, b) => (sizeOf(b.analysis) > sizeOf(a.analysis) ? b : a));
}

function partOf({ sensor, analysis }: SensorAnalysis, lead: SensorAnalysis): SensorPart {
  const { verdict, fault, confidence, reason } = analysis;
  const names = verdict === 'fault' || verdict === 'watch';
  const size = names ? Number(sizeOf(analysis).toPrecision(4)) : null;
  return { sensor, role: roleOf(analysis, lead.analysis), verdict, fault, confidence, size, reason };
}

function roleOf(analysis: Analysis, lead: Analysis): SensorPart['role'] {
  if (analysis === lead) return 'source';
  if (analysis.verdict === 'not_assessable') return 'not_assessable';
  const names = analysis.verdict === 'fault' || analysis.verdict === 'watch';
  if (isSame(analysis.fault, lead.fault) && (names || analysis.verdict === lead.verdict))
    return names && isBearing(analysis.fault) ? 'cross_talk' : 'agrees';
  return names ? 'contradicts' : 'shows_nothing';
}

const isBearing = (fault: Fault | null) => fault !== null && LINES[fault] !== undefined;

/** Whether one is the other or a wider name of it. */
function isSame(a: Fault | null, b: Fault | null): boolean {
  return a === b || (a !== null && b !== null && (coveredFaults(a).includes(b) || coveredFaults(b).includes(a)));
}

function sizeOf({ fault, features }: Analysis): number {
  const lines = fault === null ? undefined : LINES[fault];
  return lines ? Math.hypot(...lines.map((name) => features[name] ?? 0)) : (features.velocityRmsMmPerS ?? 0);
}

const ROLES: readonly [SensorPart['role'], string][] = [
  ['agrees', 'also shown by'],
  ['cross_talk', 'weaker, taken for cross-talk, at'],
  ['contradicts', 'contradicted by'],
  ['shows_nothing', 'not shown by'],
  ['not_assessable', 'no verdict from'],
];

function summary(parts: readonly SensorPart[]): string[] {
  return ROLES.flatMap(([role, words]) => {
    const its = parts.filter((p) => p.role === role);
    const named = its.map((p) =>
      role === 'contradicts' ? `${p.sensor} (${p.fault?.replaceAll('_', ' ')})` : p.sensor,
    );
    return its.length === 0 ? [] : [`${words} ${named.join(', ')}`];
  });
}
