/** Ranges, [first, behind the last), of consecutive set flags. */
export function stretchesOf(flags: readonly boolean[]): [number, number][] {
  const stretches: [number, number][] = [];
  flags.forEach((on, i) => {
    if (!on) return;
    if (flags[i - 1]) stretches[stretches.length - 1][1] = i + 1;
    else stretches.push([i, i + 1]);
  });
  return stretches;
}
