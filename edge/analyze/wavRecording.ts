import type { Samples } from './samples.ts';

/** Reads RIFF/WAVE with integers of 8 to 32 bits, scaled to a full scale of 1, or floating point of 32 or 64 bits. */
export function readWav(bytes: Buffer, channel: number): Samples {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('not a WAV file');
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    chunks.set(bytes.toString('latin1', at, at + 4), bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || format.length < 16 || !data) throw new Error('a WAV file without format or data');
  const bits = format.readUInt16LE(14);
  const channels = format.readUInt16LE(2);
  // An extensible format stores the plain format's tag in the first two bytes of its GUID.
  const tag =
    format.readUInt16LE(0) === 0xfffe && format.length >= 26 ? format.readUInt16LE(24) : format.readUInt16LE(0);
  const read = wavReader(tag, bits);
  if (channel >= channels) throw new Error(`channel ${channel}: there are ${channels}`);
  const frame = (bits / 8) * channels;
  const samples = Float32Array.from({ length: Math.floor(data.length / frame) }, (_, i) =>
    read(data, i * frame + (channel * bits) / 8),
  );
  return { samples, sampleRateHz: format.readUInt32LE(4), fullScale: tag === 1, notes: [] };
}

function wavReader(tag: number, bits: number): (data: Buffer, at: number) => number {
  if (tag === 3 && bits === 32) return (data, at) => data.readFloatLE(at);
  if (tag === 3 && bits === 64) return (data, at) => data.readDoubleLE(at);
  // Eight bits are unsigned, with 128 for zero.
  if (tag === 1 && bits === 8) return (data, at) => (data.readUInt8(at) - 128) / 128;
  if (tag === 1 && [16, 24, 32].includes(bits)) return (data, at) => data.readIntLE(at, bits / 8) / 2 ** (bits - 1);
  throw new Error(`WAV format ${tag} with ${bits} bits is not supported`);
}
