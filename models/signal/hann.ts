const known = new Map<number, Float64Array>();

/**
 * The periodic Hann window, w[i] = 0.5 − 0.5·cos(2πi/length). Cached by length and shared: do not modify it.
 * Source: Harris, "On the use of windows", Proc. IEEE 66 (1978).
 */
export function hannWindow(length: number): Float64Array {
  const window =
    known.get(length) ?? Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length));
  known.set(length, window);
  return window;
}
