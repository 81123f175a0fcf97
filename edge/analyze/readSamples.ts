import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isMat, readMat } from './matRecording.ts';
import { isNpy, readNpy } from './npyRecording.ts';
import type { Samples } from './samples.ts';
import { readTable } from './tableRecording.ts';
import { isUff, readUff } from './uffRecording.ts';
import { readWav } from './wavRecording.ts';

/** A recording that cannot be read in its stated format. */
export class RecordingFormatError extends Error {}

export const FORMATS = ['f32', 'int16', 'csv', 'wav', 'npy', 'mat', 'uff'] as const;
export type RecordingFormat = (typeof FORMATS)[number];

export interface ReadOptions {
  /** By default taken from the file's name, else detected from its content; ambiguous content is not guessed at. */
  format?: RecordingFormat;
  /** A number from 0, or the name of a table's column, a MAT-file's variable or a universal file's response. */
  channel: string;
}

/**
 * Reads a whole recording; gzipped if its name ends in .gz. @throws RecordingFormatError with the file and the problem.
 */
export function readSamples(file: string, { format, channel }: ReadOptions): Samples {
  const bytes = bytesOf(file);
  try {
    const known = format ?? formatOf(file, bytes);
    if (known === 'csv') return readTable(bytes, channel);
    if (known === 'wav') return readWav(bytes, channelNumber(channel));
    if (known === 'npy') return readNpy(bytes, channelNumber(channel));
    if (known === 'mat') return readMat(bytes, channel);
    if (known === 'uff') return readUff(bytes, channel);
    if (channel !== '0') throw new Error(`channel ${channel}: ${known} holds one channel, 0`);
    return known === 'f32'
      ? { samples: fromFloat32(bytes), notes: [] }
      : { samples: fromInt16(bytes), fullScale: true, notes: [] };
  } catch (error) {
    throw new RecordingFormatError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

const TABLES = ['txt', 'tsv', 'asc', 'dat', 'prn'];

/** By file extension, else by the first bytes. @throws Error that lists the choices. */
function formatOf(file: string, bytes: Buffer): RecordingFormat {
  const ending = file.replace(/\.gz$/, '').split('.').pop()?.toLowerCase() ?? '';
  const isText = looksLikeText(bytes);
  const named = FORMATS.find((f) => f === ending);
  if (named !== undefined && !(named === 'f32' && isText)) return named;
  if (bytes.toString('latin1', 0, 4) === 'RIFF') return 'wav';
  if (isNpy(bytes)) return 'npy';
  if (isMat(bytes)) return 'mat';
  if (isUff(bytes)) return 'uff';
  if (ending === 'tdms' || bytes.toString('latin1', 0, 4) === 'TDSm')
    throw new Error('TDMS files are not read: export the channel as text, .wav or .mat');
  if (isText) return 'csv';
  const why = TABLES.includes(ending) ? 'it is no text' : 'its name and its content do not say what it is';
  throw new Error(`${why}; --format: one of ${FORMATS.join(', ')}`);
}

const SNIFFED_BYTES = 4096;

/** Only digits, letters and line ends, in UTF-8 or UTF-16. */
function looksLikeText(bytes: Buffer): boolean {
  const beginning = bytes.subarray(0, SNIFFED_BYTES);
  if (beginning.length === 0) return false;
  const isUtf16 = (beginning[0] === 0xff && beginning[1] === 0xfe) || (beginning[0] === 0xfe && beginning[1] === 0xff);
  if (isUtf16) return true;
  return beginning.every((c) => c === 9 || c === 10 || c === 13 || (c >= 32 && c < 127) || c >= 0xa0);
}

/** Limit on an unpacked recording: a small file must not fill the memory. */
const MAX_UNPACKED_BYTES = 2 ** 30;

function bytesOf(file: string): Buffer {
  try {
    const raw = readFileSync(file);
    return file.endsWith('.gz') ? gunzipSync(raw, { maxOutputLength: MAX_UNPACKED_BYTES }) : raw;
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
