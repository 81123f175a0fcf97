import type { Samples } from './samples.ts';

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const READERS: Record<string, { bytes: number; read: (b: Buffer, at: number) => number }> = {
  '<f4': { bytes: 4, read: (b, at) => b.readFloatLE(at) },
  '<f8': { bytes: 8, read: (b, at) => b.readDoubleLE(at) },
  '>f4': { bytes: 4, read: (b, at) => b.readFloatBE(at) },
  '>f8': { bytes: 8, read: (b, at) => b.readDoubleBE(at) },
  '<i2': { bytes: 2, read: (b, at) => b.readInt16LE(at) },
  '<i4': { bytes: 4, read: (b, at) => b.readInt32LE(at) },
};

export const isNpy = (bytes: Buffer) => bytes.subarray(0, MAGIC.length).equals(MAGIC);

/** Reads a NumPy array of one dimension, or of two of which the longer is time. Source: NEP 1. */
export function readNpy(bytes: Buffer, channel: number): Samples {
  if (!isNpy(bytes) || bytes.length < 12) throw new Error('not a NumPy file');
  const isFirst = bytes[6] === 1;
  const begin = isFirst ? 10 : 12;
  const from = begin + (isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const header = bytes.toString('latin1', begin, from);
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? 'none';
  const reader = READERS[descr];
  if (reader === undefined) throw new Error(`NumPy type ${descr}; known: ${Object.keys(READERS).join(', ')}`);
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .flatMap((n) => (n.trim() === '' ? [] : [Number(n)]));
  if (shape.length < 1 || shape.length > 2)
    throw new Error(`a NumPy array of ${shape.length} dimensions; one or two are needed`);
  const [rows, columns = 1] = shape;
  if (from + rows * columns * reader.bytes > bytes.length) throw new Error('the NumPy file ends before its array does');
  const timeFirst = rows >= columns;
  const [length, channels] = timeFirst ? [rows, columns] : [columns, rows];
  if (channel >= channels) throw new Error(`channel ${channel}: there are ${channels}`);
  // Row by row, unless the header says Fortran order.
  const byRow = !/'fortran_order':\s*True/.test(header) === timeFirst;
  const at = (i: number) => from + reader.bytes * (byRow ? i * channels + channel : channel * length + i);
  return { samples: Float32Array.from({ length }, (_, i) => reader.read(bytes, at(i))), notes: [] };
}
