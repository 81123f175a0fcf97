import type { Columns } from '#models/contracts/api.ts';
import type { Band } from '../chartDrawing.ts';
import { t } from '../i18n/i18n.ts';

/**
 * Operating states as bands over time: neighbouring intervals with the same state are one band. An interval with more
 * than one state, or between states, has no band. Pure.
 * @param states numbers of the historian: counted from 0, -1 at standstill, -2 between states.
 */
export function stateBands({ timeMs, mean, max }: Columns): Band[] {
  const bands: (Band & { state: number })[] = [];
  timeMs.forEach((ms, i) => {
    const state = max[i];
    if (mean[i] !== state || state < -1) return;
    const last = bands.at(-1);
    const from = ms / 1000;
    if (last?.state === state && timeMs[i - 1] / 1000 === last.to) last.to = from;
    else bands.push({ state, from, to: from, name: nameOf(state), tone: toneOf(state) });
  });
  return bands.filter(({ from, to }) => to > from).map(({ state: _, ...band }) => band);
}

const nameOf = (state: number): string => (state < 0 ? t('standstill') : t('state {{number}}', { number: state + 1 }));

/** Neighbouring states differ in colour, and by name for readers who cannot see it. */
const toneOf = (state: number): Band['tone'] =>
  state < 0 ? 'quiet' : (['accent', 'good', 'warn'] as const)[state % 3];
