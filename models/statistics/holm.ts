/**
 * P-values of several tests corrected so that the chance of any false rejection is at most the level, in the order given.
 * Pure. Source: Holm, Scand. J. Statist. 6 (1979).
 */
export function holmCorrected(p: readonly number[]): number[] {
  const out = new Array<number>(p.length);
  let worst = 0;
  [...p.keys()]
    .sort((a, b) => p[a] - p[b])
    .forEach((test, rank) => {
      worst = Math.max(worst, Math.min(1, p[test] * (p.length - rank)));
      out[test] = worst;
    });
  return out;
}
