import type { Diagnosis, Fault } from '#models/contracts/alert.ts';
import type { Contribution } from '#models/contracts/health.ts';

/** Features of the lines of each bearing part. */
export const BEARING_LINES: readonly { feature: string; fault: Fault; name: string }[] = [
  { feature: 'envelopeBpfo', fault: 'outer_race', name: 'outer-race line (BPFO)' },
  { feature: 'envelopeBpfi', fault: 'inner_race', name: 'inner-race line (BPFI)' },
  { feature: 'envelopeBsf2', fault: 'ball', name: 'ball line (2×BSF)' },
  { feature: 'envelopeFtf', fault: 'cage', name: 'cage line (FTF)' },
];

/** How far a bearing's line must have outgrown the envelope as a whole, and the next line, to name the fault. */
const CLEAR = 1.6;

const times = (value: number) => `${value.toFixed(1)} times its normal`;

/**
 * Names a bearing fault by the envelope line that grew most against the machine's baseline. Growth, unlike height, can
 * be judged even if the lines of a short window are too broad to stand out.
 */
export function diagnoseLines(contributions: readonly Contribution[]): Diagnosis {
  const growth = (feature: string) => {
    const found = contributions.find((c) => c.feature === feature);
    return found ? found.value / Math.max(found.normal, 1e-12) : null;
  };
  const whole = growth('envelopeRms') ?? growth('rms') ?? 1;
  const grown = BEARING_LINES.flatMap((line) => {
    const ratio = growth(line.feature);
    return ratio === null ? [] : [{ ...line, ratio }];
  }).sort((a, b) => b.ratio - a.ratio);
  if (grown.length === 0) {
    return {
      fault: 'undetermined',
      confidence: 0,
      reasons: [`the level is ${times(growth('rms') ?? 1)}`, "the bearing's geometry is not configured"],
    };
  }
  const [first, second] = grown;
  const lead = first.ratio / Math.max(whole, second.ratio, 1e-12);
  const reasons = [
    `${first.name} ${times(first.ratio)}`,
    `next: ${second.name} ${times(second.ratio)}`,
    `envelope ${times(whole)}`,
  ];
  if (lead < CLEAR) return { fault: 'undetermined', confidence: 0, reasons: ['no line stands out', ...reasons] };
  return { fault: first.fault, confidence: Number((1 - 1 / lead).toFixed(2)), reasons };
}
