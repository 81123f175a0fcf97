/** Times of the lowest and highest sample in each of `count` intervals of a time range, so that no impact is lost. */
export function reduceWaveform(
  samples: Float32Array,
  sampleRateHz: number,
  [fromS, toS]: readonly [number, number],
  count: number,
): { seconds: number[]; values: number[] } {
  const first = Math.max(0, Math.floor(fromS * sampleRateHz));
  const last = Math.min(samples.length, Math.ceil(toS * sampleRateHz));
  const step = Math.max(1, Math.ceil((last - first) / count));
  const shown = { seconds: [] as number[], values: [] as number[] };
  const add = (i: number) => {
    shown.seconds.push(i / sampleRateHz);
    shown.values.push(samples[i]);
  };
  for (let from = first; from < last; from += step) {
    let [low, high] = [from, from];
    for (let i = from; i < Math.min(from + step, last); i++) {
      if (samples[i] < samples[low]) low = i;
      if (samples[i] > samples[high]) high = i;
    }
    add(Math.min(low, high));
    if (low !== high) add(Math.max(low, high));
  }
  return shown;
}
