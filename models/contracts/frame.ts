/**
 * Millwright's waveform frame: a 32-byte little-endian header, then samples.
 *
 * | bytes | what |
 * | --- | --- |
 * | 0–3 | `MWF1` |
 * | 4 | encoding: 1 float32, 2 int16 |
 * | 5–7 | 0 |
 * | 8–15 | sample rate in Hz, float64 |
 * | 16–23 | scale, float64: sample × scale is in the point's unit |
 * | 24–31 | time of the first sample, microseconds since 1970 UTC, float64 |
 */
export const FRAME_HEADER_BYTES = 32;

export type SampleEncoding = 'float32' | 'int16';

export interface FrameHeader {
  encoding: SampleEncoding;
  sampleRateHz: number;
  scale: number;
  startUs: number;
}

const MAGIC = 0x3146574d;
const ENCODINGS: readonly SampleEncoding[] = ['float32', 'int16'];

/**
 * A frame of samples as bytes: the header, little-endian, then the samples as they lie in memory.
 * @param samples of the type that `header.encoding` names.
 */
export function encodeFrame(header: FrameHeader, samples: Float32Array | Int16Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + samples.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, ENCODINGS.indexOf(header.encoding) + 1);
  view.setFloat64(8, header.sampleRateHz, true);
  view.setFloat64(16, header.scale, true);
  view.setFloat64(24, header.startUs, true);
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), FRAME_HEADER_BYTES);
  return bytes;
}

/** Null if the bytes do not begin with a complete, valid header. */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader | null {
  if (bytes.length < FRAME_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEADER_BYTES);
  const encoding = ENCODINGS[view.getUint8(4) - 1];
  const header = {
    encoding,
    sampleRateHz: view.getFloat64(8, true),
    scale: view.getFloat64(16, true),
    startUs: view.getFloat64(24, true),
  };
  const isValid = view.getUint32(0, true) === MAGIC && encoding !== undefined;
  return isValid && Number.isFinite(header.scale) && Number.isFinite(header.startUs) ? header : null;
}
