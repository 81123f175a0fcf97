import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { numberOf, parseTable } from '#models/tables/parseTable.ts';

/** A recording that cannot be read as what it was said to be. */
export class RecordingFormatError extends Error {}

export const FORMATS = ['f32', 'int16', 'csv', 'wav'] as const;
export type RecordingFormat = (typeof FORMATS)[number];

export interface ReadOptions {
  /** By default told from the file's name; f32 where that says nothing. */
  format?: RecordingFormat;
  /** Of a table or a WAV file: a number from 0, or a table's column by name. */
  channel: string;
}

export interface Samples {
  samples: Float32Array;
  /** Where the file itself says it. */
  sampleRateHz?: number;
}

/** A whole recording; gzipped where its name ends in .gz. @throws RecordingFormatError with the file and what is wrong. */
export function readSamples(file: string, { format, channel }: ReadOptions): Samples {
  const bytes = bytesOf(file);
  const ending = file.replace(/\.gz$/, '').split('.').pop()?.toLowerCase();
  const known = format ?? FORMATS.find((f) => f === ending) ?? 'f32';
  try {
    if (known === 'csv') return { samples: fromCsv(bytes, channel) };
    if (known === 'wav') return fromWav(bytes, channelNumber(channel));
    if (channel !== '0') throw new Error(`channel ${channel}: ${known} holds one channel, 0`);
    return { samples: known === 'f32' ? fromFloat32(bytes) : fromInt16(bytes) };
  } catch (error) {
    throw new RecordingFormatError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function bytesOf(file: string): Buffer {
  try {
    const raw = readFileSync(file);
    return file.endsWith('.gz') ? gunzipSync(raw) : raw;
  } catch (error) {
    throw new RecordingFormatError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function channelNumber(channel: string): number {
  if (!/^\d+$/.test(channel)) throw new Error(`channel ${channel}: a number from 0 is needed`);
  return Number(channel);
}

function wholeItems(bytes: Buffer, size: number): number {
  if (bytes.length % size !== 0) throw new Error(`${bytes.length} bytes are no whole number of ${size}-byte samples`);
  return bytes.length / size;
}

function fromFloat32(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: wholeItems(bytes, 4) }, (_, i) => bytes.readFloatLE(4 * i));
}

function fromInt16(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: wholeItems(bytes, 2) }, (_, i) => bytes.readInt16LE(2 * i));
}

/** One column of a table; a first row without a number names the columns. */
function fromCsv(bytes: Uint8Array, channel: string): Float32Array {
  const table = parseTable(bytes);
  const { rows, lines, separator } = table;
  const named = rows[0].every((cell) => Number.isNaN(numberOf(cell, separator)));
  const names = rows[0].map((cell, i) => (named ? cell.trim() : String(i)));
  const column = named && names.includes(channel) ? names.indexOf(channel) : channelOfTable(channel, names);
  const samples = Float32Array.from(named ? rows.slice(1) : rows, (row, i) => {
    const cell = (row[column] ?? '').trim();
    const value = numberOf(cell, separator);
    if (Number.isNaN(value) && !/^(|na|nan|null)$/i.test(cell)) {
      const found = JSON.stringify(cell.slice(0, 40));
      throw new Error(
        `line ${lines[i + (named ? 1 : 0)]}, column ${names[column]}: found ${found}; a number is needed`,
      );
    }
    return value;
  });
  if (names.length > 1 && rises(samples))
    throw new Error(`column ${names[column]} rises all the way: it is a time; --channel: one of ${names.join(', ')}`);
  return samples;
}

function channelOfTable(channel: string, names: readonly string[]): number {
  const column = /^\d+$/.test(channel) ? Number(channel) : -1;
  if (names[column] === undefined)
    throw new Error(`channel ${channel}: there are ${names.length} columns, ${names.slice(0, 20).join(', ')}`);
  return column;
}

function rises(samples: Float32Array): boolean {
  for (let i = 1; i < samples.length; i++) if (!(samples[i] >= samples[i - 1])) return false;
  return samples.length > 2 && samples[samples.length - 1] > samples[0];
}

/** RIFF/WAVE with integers of 16, 24 or 32 bits (full scale is 1) or float32. */
function fromWav(bytes: Buffer, channel: number): Samples {
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
  // An extensible format says in its first two bytes of the GUID what a plain one says in its tag.
  const tag =
    format.readUInt16LE(0) === 0xfffe && format.length >= 26 ? format.readUInt16LE(24) : format.readUInt16LE(0);
  const read = wavReader(tag, bits);
  if (channel >= channels) throw new Error(`channel ${channel}: there are ${channels}`);
  const frame = (bits / 8) * channels;
  const samples = Float32Array.from({ length: Math.floor(data.length / frame) }, (_, i) =>
    read(data, i * frame + (channel * bits) / 8),
  );
  return { samples, sampleRateHz: format.readUInt32LE(4) };
}

function wavReader(tag: number, bits: number): (data: Buffer, at: number) => number {
  if (tag === 3 && bits === 32) return (data, at) => data.readFloatLE(at);
  if (tag === 1 && [16, 24, 32].includes(bits)) return (data, at) => data.readIntLE(at, bits / 8) / 2 ** (bits - 1);
  throw new Error(`WAV format ${tag} with ${bits} bits is not supported`);
}
