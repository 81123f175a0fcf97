const known = new Map<number, Float64Array>();

/** The periodic Hann window of a length; made once for each, and not to be changed. */
export function hannWindow(length: number): Float64Array {
  const window =
    known.get(length) ?? Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
  known.set(length, window);
  return window;
}
