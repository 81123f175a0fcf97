/** Statistics of the intervals between a point's messages, in microseconds. */
export interface Rhythm {
  lastUs: number | null;
  meanUs: number;
  /** Mean absolute deviation. */
  spreadUs: number;
  known: number;
  /** Consecutive gaps: three are a new rhythm. */
  gaps: number;
}

export const NO_RHYTHM: Rhythm = { lastUs: null, meanUs: 0, spreadUs: 0, known: 0, gaps: 0 };

const LEARN = 16;
const NEW_RHYTHM = 3;

/** Whether messages are missing before this one: its interval exceeds three usual ones plus six spreads. Pure. */
export function stepRhythm(rhythm: Rhythm, timeUs: number): { rhythm: Rhythm; gap: boolean } {
  const { lastUs, meanUs, spreadUs, known, gaps } = rhythm;
  if (lastUs === null) return { rhythm: { ...rhythm, lastUs: timeUs }, gap: false };
  const stepUs = timeUs - lastUs;
  if (known >= LEARN && stepUs > 3 * meanUs + 6 * spreadUs) {
    if (gaps + 1 >= NEW_RHYTHM) return { rhythm: { ...NO_RHYTHM, lastUs: timeUs }, gap: true };
    return { rhythm: { ...rhythm, lastUs: timeUs, gaps: gaps + 1 }, gap: true };
  }
  const weight = 1 / Math.min(LEARN, known + 1);
  const mean = meanUs + weight * (stepUs - meanUs);
  const spread = spreadUs + weight * (Math.abs(stepUs - mean) - spreadUs);
  return { rhythm: { lastUs: timeUs, meanUs: mean, spreadUs: spread, known: known + 1, gaps: 0 }, gap: false };
}
