import { crc32 } from 'node:zlib';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { DecodeLimits } from './decoded.ts';
import { decodeEnvelope, decodeRaw, refuseAxes } from './decodeWaveform.ts';
import { readMessage } from './payloadFormat.ts';
import { readPath } from './readPath.ts';
import type { Route } from './route.ts';
import { samplesInText } from './sampleBytes.ts';
import type { Arrival } from './source.ts';
import type { ChunkField, Chunks, WaveformPayload } from './waveformConfig.ts';

export interface ChunkHeader {
  /** From 0, whatever base the device uses. */
  index: number;
  total: number;
  /** '' if the device sends none. */
  message: string;
}

export type ChunkRefusal = { rejection: Rejection; detail: string };

/** Limit on chunks per waveform. */
const MAX_CHUNKS = 65_536;

/** Reads a message's position within a waveform. */
export function readChunkHeader(
  route: Route,
  spec: WaveformPayload,
  chunks: Chunks,
  payload: Uint8Array,
): ChunkHeader | ChunkRefusal {
  const at = fieldReader(route, spec, payload);
  if (typeof at === 'string') return { rejection: at, detail: 'the chunk is no JSON' };
  const total = typeof chunks.total === 'number' ? chunks.total : numberIn(at(chunks.total));
  const sequence = numberIn(at(chunks.sequence));
  if (sequence === null || total === null)
    return { rejection: 'missing_value', detail: 'no whole number at chunks.sequence or chunks.total' };
  if (total < 1 || total > MAX_CHUNKS) return { rejection: 'bad_chunk', detail: `${total} chunks in all` };
  const index = sequence - chunks.first;
  if (index < 0 || index >= total)
    return {
      rejection: 'bad_chunk',
      detail: `chunk ${sequence} of ${total}, counted from ${chunks.first}: see chunks.first`,
    };
  const message = chunks.message === undefined ? '' : at(chunks.message);
  if (typeof message !== 'string' && typeof message !== 'number')
    return { rejection: 'missing_value', detail: 'nothing at chunks.message' };
  const wrong = chunks.checksumOf === 'chunk' ? checksumFault(spec, chunks, [payload], at) : null;
  return wrong ?? { index, total, message: String(message) };
}

/**
 * Assembles the waveform from its chunks, in order. Time and rate may be in any of them; the first one found counts.
 */
export function decodeChunks(
  route: Route,
  spec: WaveformPayload,
  chunks: Chunks,
  payloads: readonly Uint8Array[],
  limits: DecodeLimits,
): Arrival[] {
  const at = fieldReader(route, spec, payloads[payloads.length - 1]);
  const fault =
    chunks.checksumOf === 'waveform' && typeof at !== 'string' ? checksumFault(spec, chunks, payloads, at) : null;
  if (fault) return refuseAxes(route, spec, fault.rejection, fault.detail);
  if (spec.framing === 'raw') {
    const whole = Buffer.concat(payloads.map((bytes) => bytes.subarray(spec.skipBytes)));
    return decodeRaw(route, spec, whole, limits);
  }
  const envelopes = payloads.map((payload) => envelopeOf(spec, payload));
  const samplePaths = samplePathsOf(spec);
  const joined = new Map(samplePaths.map((path) => [path, joinSamples(envelopes.map((e) => readPath(e, path)))]));
  for (const samples of joined.values())
    if (typeof samples === 'string')
      return refuseAxes(route, spec, samples, 'the samples of the chunks do not fit together');
  const valueAt = (path: string) =>
    joined.get(path) ?? envelopes.map((envelope) => readPath(envelope, path)).find((v) => v !== undefined);
  return decodeEnvelope(route, spec, valueAt, limits);
}

function samplePathsOf({ axes, keys }: WaveformPayload): string[] {
  return axes === undefined || Array.isArray(axes) ? [keys.samples] : Object.values(axes);
}

const envelopeOf = (spec: WaveformPayload, payload: Uint8Array): unknown => {
  const parsed = readMessage(payload, spec);
  return parsed.ok ? parsed.value : undefined;
};

/** Concatenates numbers with numbers, or bytes with bytes. */
function joinSamples(parts: readonly unknown[]): number[] | Uint8Array | Rejection {
  const read = parts.map((part) => (typeof part === 'string' ? samplesInText(part) : part));
  if (read.every((part) => part instanceof Uint8Array)) return Buffer.concat(read as Uint8Array[]);
  if (read.every(Array.isArray)) return read.flat() as number[];
  const refused = read.find((part) => typeof part === 'string');
  return (refused as Rejection | undefined) ?? (read.includes(undefined) ? 'missing_value' : 'wrong_type');
}

type FieldReader = (field: ChunkField) => unknown;

function fieldReader(route: Route, spec: WaveformPayload, payload: Uint8Array): FieldReader | Rejection {
  const level = (name: string) => (/^\{.*\}$/.test(name) ? route.levels?.[name.slice(1, -1)] : undefined);
  if (spec.framing === 'json') {
    const parsed = readMessage(payload, spec);
    if (!parsed.ok) return parsed.rejection;
    return (field) => (typeof field === 'string' ? (level(field) ?? readPath(parsed.value, field)) : undefined);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return (field) => (typeof field === 'string' ? level(field) : integerAt(view, field));
}

function integerAt(view: DataView, { at, type, byteOrder }: Exclude<ChunkField, string>): number | undefined {
  const width = { uint8: 1, uint16: 2, uint32: 4 }[type];
  if (at + width > view.byteLength) return undefined;
  if (type === 'uint8') return view.getUint8(at);
  return type === 'uint16' ? view.getUint16(at, byteOrder === 'little') : view.getUint32(at, byteOrder === 'little');
}

function numberIn(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** CRC-32 as in zlib (IEEE 802.3) of the samples' bytes. */
function checksumFault(
  spec: WaveformPayload,
  { checksum }: Chunks,
  payloads: readonly Uint8Array[],
  at: FieldReader,
): ChunkRefusal | null {
  if (checksum === undefined) return null;
  const expectedChecksum = at(checksum);
  const expected =
    typeof expectedChecksum === 'string' ? Number.parseInt(expectedChecksum.replace(/^0x/i, ''), 16) : expectedChecksum;
  if (typeof expected !== 'number' || !Number.isFinite(expected))
    return { rejection: 'missing_value', detail: 'nothing at chunks.checksum' };
  let found = 0;
  for (const payload of payloads) {
    const bytes = sampleBytesOf(spec, payload);
    if (bytes === null)
      return { rejection: 'bad_checksum', detail: 'a checksum needs samples as bytes (base64 or hexadecimal digits)' };
    found = crc32(bytes, found);
  }
  if (found === expected >>> 0) return null;
  return {
    rejection: 'bad_checksum',
    detail: `CRC-32 ${found.toString(16)} instead of ${(expected >>> 0).toString(16)}`,
  };
}

function sampleBytesOf(spec: WaveformPayload, payload: Uint8Array): Uint8Array | null {
  if (spec.framing === 'raw') return payload.subarray(spec.skipBytes);
  const text = readPath(envelopeOf(spec, payload), spec.keys.samples);
  const bytes = typeof text === 'string' ? samplesInText(text) : text;
  return bytes instanceof Uint8Array ? bytes : null;
}
