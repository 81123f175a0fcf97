import * as zlib from 'node:zlib';
import type { Rejection } from '#models/contracts/ledger.ts';

const MAX_JSON_DEPTH = 32;
/** Limit on a decompressed payload, against compression bombs. */
const MAX_INFLATED_BYTES = 8 * 1024 * 1024;

export type Read<T> = { ok: true; value: T } | { ok: false; rejection: Rejection };

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
/** Available since Node 22.15. */
const unzstd = (zlib as unknown as { zstdDecompressSync?: Decompress }).zstdDecompressSync;
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** Decompresses gzip, zlib or Zstandard, recognised by the first bytes; returns other payloads unchanged. */
export function inflated(payload: Uint8Array): Read<Uint8Array> {
  const [a, b] = payload;
  const isGzip = a === 0x1f && b === 0x8b;
  // RFC 1950: 0x78 and a check of both bytes; no JSON, number or line of text starts like this.
  const isZlib = a === 0x78 && ((a << 8) | b) % 31 === 0 && b !== undefined && (b < 0x20 || b > 0x7e || b === 0x5e);
  const isZstd = ZSTD_MAGIC.every((byte, i) => payload[i] === byte);
  if (isZstd && unzstd === undefined) return { ok: false, rejection: 'unsupported_type' };
  if (!isGzip && !isZlib && !isZstd) return { ok: true, value: payload };
  try {
    const options = { maxOutputLength: MAX_INFLATED_BYTES };
    const decompress: Decompress = isZstd && unzstd ? unzstd : isGzip ? zlib.gunzipSync : zlib.inflateSync;
    return { ok: true, value: decompress(payload, options) };
  } catch {
    // The sender's bytes are untrusted; only the kind and count of the error are kept.
    return { ok: false, rejection: 'bad_payload' };
  }
}

/**
 * Parses JSON in UTF-8, with or without a byte-order mark. `NaN` and infinities, which some writers emit, become null.
 */
export function parseJson(payload: Uint8Array): Read<unknown> {
  if (depth(payload) > MAX_JSON_DEPTH) return { ok: false, rejection: 'too_deep' };
  const text = textOf(payload);
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return tolerant(text);
  }
}

/** Decodes UTF-8, or UTF-16 with the byte-order mark that Windows programs write. */
export function textOf(payload: Uint8Array): string {
  const text = decoded(payload);
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  // Programs in C send the terminating zero.
  let end = text.length;
  while (end > begin && text.charCodeAt(end - 1) === 0) end--;
  return text.slice(begin, end);
}

function decoded(payload: Uint8Array): string {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (payload[0] === 0xff && payload[1] === 0xfe) return bytes.toString('utf16le');
  if (payload[0] === 0xfe && payload[1] === 0xff && payload.length % 2 === 0)
    return Buffer.from(bytes).swap16().toString('utf16le');
  return bytes.toString('utf8');
}

const QUOTED_OR_NOT_FINITE = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

function tolerant(text: string): Read<unknown> {
  if (!/NaN|Infinity/.test(text)) return { ok: false, rejection: 'bad_json' };
  try {
    return { ok: true, value: JSON.parse(text.replace(QUOTED_OR_NOT_FINITE, (m) => (m[0] === '"' ? m : 'null'))) };
  } catch {
    return { ok: false, rejection: 'bad_json' };
  }
}

/** Deepest nesting of brackets, without recursion; brackets in strings count, since an upper bound is enough. */
function depth(payload: Uint8Array): number {
  let now = 0;
  let most = 0;
  for (const c of payload) {
    if (c === 0x5b || c === 0x7b) most = Math.max(most, ++now);
    else if (c === 0x5d || c === 0x7d) now--;
  }
  return most;
}
