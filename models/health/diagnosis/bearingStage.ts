import type { BearingDiagnosis } from './bearingDiagnosis.ts';
import { HARMONICS } from './bearingLines.ts';
import type { Stage } from './faultRule.ts';
import type { Hum } from './levelRemarks.ts';
import type { MachineLines } from './machineLines.ts';
import { type Severity, zoneOf } from './severity.ts';

const SHAFT_HARMONICS = 10;
/** Number of the defect's first harmonics in the vibration spectrum itself that make stage 3. */
const LINES_IN_SPECTRUM = 2;

/**
 * 1: lines in the envelope only, not deep. 2: deep modulation. 3: the defect's lines also appear in the vibration
 * spectrum, or non-shaft vibration is in zone C. 4: non-shaft vibration is in zone D. After the four stages of Berry,
 * "How to track rolling element bearing health with vibration signature analysis", Sound and Vibration 25 (1991).
 */
export function bearingStage(
  { finding }: BearingDiagnosis,
  order: number,
  lines: MachineLines,
  { velocityMmPerS = 0, limitsMmPerS }: Severity,
  hum: Hum | null,
): Stage {
  if (finding !== 'fault' && finding !== 'part_unsure') return 1;
  const shaft = Array.from({ length: SHAFT_HARMONICS }, (_, i) => lines.velocity(i + 1));
  const others = [...shaft, hum?.velocityMmPerS ?? 0];
  const rest = velocityMmPerS ** 2 - others.reduce((sum, v) => sum + v * v, 0);
  const zone = zoneOf(Math.sqrt(Math.max(0, rest)), limitsMmPerS);
  if (zone === 3) return 4;
  const defectLines = Array.from({ length: HARMONICS }, (_, i) => lines.velocity((i + 1) * order)).filter((v) => v > 0);
  return zone === 2 || defectLines.length >= LINES_IN_SPECTRUM ? 3 : 2;
}
