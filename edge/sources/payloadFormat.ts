import { decode as decodeMsgpack } from '@msgpack/msgpack';
import { decode as decodeCbor } from 'cborg';
import { parseTable } from '#models/tables/parseTable.ts';
import type { MessageFormat } from './formatConfig.ts';
import { parseJson, type Read, textOf } from './jsonText.ts';
import { parseLine } from './lineProtocol.ts';
import { readPairs } from './pairs.ts';
import { readProtobuf } from './protobufReaders.ts';
import { readXml } from './readXml.ts';
import { numbersIn } from './sampleBytes.ts';
import type { WaveformEncoding } from './valueConfig.ts';

/** Limit on elements of an array or a map. */
const MAX_ENTRIES = 1_000_000;
const MAX_CSV_ROWS = 100_000;
const MAX_DEPTH = 32;

/** Parses a payload into values, arrays and objects, to which paths apply; byte strings stay bytes. Never throws. */
export function readMessage(payload: Uint8Array, { format, csv, pairs, protobuf, xml }: MessageFormat): Read<unknown> {
  switch (format) {
    case 'json':
      return parseJson(payload);
    case 'json_lines':
      return jsonLines(textOf(payload));
    case 'pairs':
      return readPairs(textOf(payload), pairs);
    case 'text':
      return { ok: true, value: textOf(payload).trim() };
    case 'binary':
      return { ok: true, value: payload };
    case 'line_protocol':
      return readLines(textOf(payload));
    case 'csv':
      return attempt(() => csvRows(payload, csv));
    case 'xml':
      return attempt(() => readXml(textOf(payload), xml));
    case 'protobuf':
      return readProtobuf(payload, protobuf);
    case 'cbor':
      return attempt(() => plain(decodeCbor(payload, { useMaps: true, tags: PASSED_TAGS }), 0));
    case 'msgpack':
      return attempt(() =>
        plain(decodeMsgpack(payload, { maxArrayLength: MAX_ENTRIES, maxMapLength: MAX_ENTRIES }), 0),
      );
  }
}

function attempt(read: () => unknown): Read<unknown> {
  try {
    return { ok: true, value: read() };
  } catch {
    // The libraries' errors quote the sender's bytes; only their kind and count are kept.
    return { ok: false, rejection: 'bad_payload' };
  }
}

/** Typed arrays, tagged with their encoding. Source: RFC 8746, table 1. */
const TYPED_ARRAYS: Record<number, [WaveformEncoding, 'little' | 'big']> = {
  65: ['uint16', 'big'],
  66: ['uint32', 'big'],
  69: ['uint16', 'little'],
  70: ['uint32', 'little'],
  72: ['int8', 'big'],
  73: ['int16', 'big'],
  74: ['int32', 'big'],
  77: ['int16', 'little'],
  78: ['int32', 'little'],
  81: ['float32', 'big'],
  82: ['float64', 'big'],
  85: ['float32', 'little'],
  86: ['float64', 'little'],
};

/**
 * RFC 8949, 3.4: times as texts (0) and seconds (1); RFC 8746: typed arrays as numbers, those of bytes (64, 68)
 * unchanged.
 */
const PASSED_TAGS = Object.fromEntries([
  ...[0, 1, 64, 68].map((tag) => [tag, (inner: () => unknown) => inner()] as const),
  ...Object.entries(TYPED_ARRAYS).map(
    ([tag, [encoding, order]]) => [tag, (inner: () => unknown) => typedArray(inner(), encoding, order)] as const,
  ),
]);

/** @throws Error if these are not bytes, or not a whole number of elements. */
function typedArray(bytes: unknown, encoding: WaveformEncoding, byteOrder: 'little' | 'big'): number[] {
  const numbers = bytes instanceof Uint8Array ? numbersIn(bytes, encoding, byteOrder) : null;
  if (numbers === null) throw new Error('a typed array that is none');
  return numbers;
}

/** Maps as objects, big integers as numbers, times as milliseconds. @throws Error beyond 32 levels. */
function plain(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new Error('too deep');
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((one) => plain(one, depth + 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [String(key), plain(one, depth + 1)]));
}

/** Each row is an object by column name. */
function csvRows(payload: Uint8Array, csv: MessageFormat['csv']): Record<string, string>[] {
  const { rows } = parseTable(payload, csv?.delimiter);
  const below = rows.slice(csv?.skipLines ?? 0);
  const names = csv?.columns ?? below.shift();
  if (names === undefined || below.length > MAX_CSV_ROWS) throw new Error('no rows, or too many');
  return below.map((row) =>
    Object.fromEntries(names.flatMap((name, i) => (i < row.length ? [[name.trim(), row[i]]] : []))),
  );
}

/** One value per line; an invalid line does not affect the others. */
function jsonLines(text: string): Read<unknown> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > MAX_CSV_ROWS) return { ok: false, rejection: 'bad_payload' };
  const read = lines.map((line) => parseJson(Buffer.from(line)));
  if (!read.some(({ ok }) => ok)) return { ok: false, rejection: 'bad_json' };
  return { ok: true, value: read.map((line) => (line.ok ? line.value : null)) };
}

function readLines(text: string): Read<unknown> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const parsed = lines.map(parseLine);
  if (parsed.length === 0 || parsed.includes(null)) return { ok: false, rejection: 'bad_payload' };
  return { ok: true, value: parsed.map((line) => ({ ...line, time: line?.timeMs })) };
}
