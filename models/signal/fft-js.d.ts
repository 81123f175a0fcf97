declare module 'fft-js' {
  export function fft(signal: number[]): [re: number, im: number][];
}
