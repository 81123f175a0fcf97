import { decodeFrameHeader, FRAME_HEADER_BYTES, type SampleEncoding } from '#models/contracts/frame.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { ScalarPayload, WaveformPayload } from '../config.ts';
import type { Route } from './route.ts';

export type Decoded = { ok: true; block: SampleBlock } | { ok: false; rejection: Rejection };

export type PointName = Pick<Route, 'asset' | 'point'>;

export interface DecodeLimits {
  nowMs: number;
  maxFutureMs: number;
}

const OLDEST_MS = Date.UTC(2000, 0, 1);
/** Beyond this no sensor of a plant speaks: 10^12 in any unit. */
const LARGEST = 1e12;
const MAX_JSON_DEPTH = 32;

const refuse = (rejection: Rejection): Decoded => ({ ok: false, rejection });

/** Decodes and validates one payload. Pure; never throws. */
export function decode(route: Route, payload: Uint8Array, limits: DecodeLimits): Decoded {
  if (payload.length === 0) return refuse('empty');
  const spec = route.subscription.payload;
  return spec.type === 'scalar'
    ? decodeScalar(route, spec, payload, limits)
    : decodeWaveform(route, spec, payload, limits);
}

function decodeWaveform(route: Route, spec: WaveformPayload, payload: Uint8Array, limits: DecodeLimits): Decoded {
  if (spec.framing === 'json') return decodeJsonWaveform(route, spec, payload, limits);
  if (spec.framing === 'raw') {
    return finishWaveform(route, payload, spec.encoding, spec.scale, spec.sampleRateHz ?? 0, undefined, limits);
  }
  const header = decodeFrameHeader(payload);
  if (!header) return refuse(payload.length < FRAME_HEADER_BYTES ? 'truncated' : 'bad_header');
  const samples = payload.subarray(FRAME_HEADER_BYTES);
  return finishWaveform(route, samples, header.encoding, header.scale, header.sampleRateHz, header.startUs, limits);
}

function decodeJsonWaveform(route: Route, spec: WaveformPayload, payload: Uint8Array, limits: DecodeLimits): Decoded {
  const parsed = parseJson(payload);
  if (!parsed.ok) return refuse(parsed.rejection);
  if (typeof parsed.value !== 'object' || parsed.value === null) return refuse('wrong_type');
  const {
    samples,
    sampleRateHz = spec.sampleRateHz,
    scale = spec.scale,
    encoding = spec.encoding,
    startTime,
  } = parsed.value as Record<string, unknown>;
  if (typeof sampleRateHz !== 'number') return refuse('bad_rate');
  if (typeof scale !== 'number' || (encoding !== 'float32' && encoding !== 'int16')) return refuse('wrong_type');
  const startMs = startTime === undefined ? undefined : timeOf(startTime);
  if (startMs === null) return refuse('wrong_type');
  const startUs = startMs === undefined ? undefined : Math.round(startMs * 1000);
  if (typeof samples === 'string') {
    return finishWaveform(route, Buffer.from(samples, 'base64'), encoding, scale, sampleRateHz, startUs, limits);
  }
  if (samples === undefined) return refuse('missing_value');
  if (!Array.isArray(samples) || !samples.every((v) => typeof v === 'number')) return refuse('wrong_type');
  const column = Float32Array.from(samples, (v: number) => v * scale);
  return checkWaveform(route, column, sampleRateHz, startUs, limits);
}

function finishWaveform(
  route: Route,
  bytes: Uint8Array,
  encoding: SampleEncoding,
  scale: number,
  sampleRateHz: number,
  startUs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  const width = encoding === 'float32' ? 4 : 2;
  if (bytes.length % width !== 0) return refuse('truncated');
  return checkWaveform(route, toColumn(bytes, encoding, scale), sampleRateHz, startUs, limits);
}

/** Always a copy: the payload's memory belongs to the connection, and its alignment is chance. */
function toColumn(bytes: Uint8Array, encoding: SampleEncoding, scale: number): Float32Array<ArrayBuffer> {
  const aligned = Uint8Array.from(bytes).buffer;
  const column = encoding === 'float32' ? new Float32Array(aligned) : Float32Array.from(new Int16Array(aligned));
  if (scale !== 1) for (let i = 0; i < column.length; i++) column[i] *= scale;
  return column;
}

/** Samples in the point's unit that were read from wherever; without a start they end now. */
export function checkWaveform(
  point: PointName,
  samples: Float32Array<ArrayBuffer>,
  sampleRateHz: number,
  startUs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  if (samples.length === 0) return refuse('empty');
  if (!(sampleRateHz >= 10 && sampleRateHz <= 200_000)) return refuse('bad_rate');
  // One sum finds every NaN and infinity; only a suspicious block is looked at again.
  const sum = magnitude(samples);
  if (!(sum < Number.MAX_VALUE)) return refuse('not_finite');
  if (sum > LARGEST && samples.some((v) => Math.abs(v) > LARGEST)) return refuse('out_of_range');
  const durationUs = (samples.length / sampleRateHz) * 1e6;
  const beginUs = startUs ?? Math.round(limits.nowMs * 1000 - durationUs);
  const late = timeRejection(beginUs / 1000, limits);
  if (late) return refuse(late);
  const timeQuality = startUs === undefined ? 'received' : 'source';
  return {
    ok: true,
    block: {
      kind: 'waveform',
      asset: point.asset,
      point: point.point,
      timeQuality,
      startUs: beginUs,
      sampleRateHz,
      samples,
    },
  };
}

/** The same of an array that is stamped when it is complete: its first sample is that much older. */
export function checkCompleted(
  point: PointName,
  samples: Float32Array<ArrayBuffer>,
  sampleRateHz: number,
  timeMs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  const startUs = timeMs === undefined ? undefined : Math.round(timeMs * 1000 - (samples.length / sampleRateHz) * 1e6);
  return checkWaveform(point, samples, sampleRateHz, startUs, limits);
}

/** Sum of absolute values; four sums beside one another keep the processor busy. */
function magnitude(samples: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = samples.length - (samples.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += Math.abs(samples[i]);
    b += Math.abs(samples[i + 1]);
    c += Math.abs(samples[i + 2]);
    d += Math.abs(samples[i + 3]);
  }
  for (let i = whole; i < samples.length; i++) a += Math.abs(samples[i]);
  return a + b + c + d;
}

function decodeScalar(route: Route, spec: ScalarPayload, payload: Uint8Array, limits: DecodeLimits): Decoded {
  const parsed = parseJson(payload);
  if (!parsed.ok) return refuse(parsed.rejection);
  const bare = typeof parsed.value === 'number';
  const value = bare || spec.value === '' ? parsed.value : at(parsed.value, spec.value);
  if (value === undefined || value === null) return refuse('missing_value');
  if (typeof value !== 'number') return refuse('wrong_type');
  const stamp = bare ? undefined : at(parsed.value, spec.time);
  const timeMs = stamp === undefined ? undefined : timeOf(stamp);
  if (timeMs === null) return refuse('wrong_type');
  return checkScalar(route, value, timeMs, limits);
}

/** A value that was read from wherever; without a time it has that of its arrival. */
export function checkScalar(
  point: PointName,
  value: number,
  timeMs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  if (!Number.isFinite(value)) return refuse('not_finite');
  if (Math.abs(value) > LARGEST) return refuse('out_of_range');
  const bad = timeMs === undefined ? null : timeRejection(timeMs, limits);
  if (bad) return refuse(bad);
  return {
    ok: true,
    block: {
      kind: 'scalars',
      asset: point.asset,
      point: point.point,
      timeQuality: timeMs === undefined ? 'received' : 'source',
      timesUs: Float64Array.of(Math.round((timeMs ?? limits.nowMs) * 1000)),
      values: Float64Array.of(value),
    },
  };
}

function timeRejection(timeMs: number, limits: DecodeLimits): Rejection | null {
  if (!(timeMs >= OLDEST_MS)) return 'time_too_old';
  return timeMs > limits.nowMs + limits.maxFutureMs ? 'time_in_future' : null;
}

/** Milliseconds since 1970 of a number of them or of an ISO 8601 text; null of anything else. */
function timeOf(stamp: unknown): number | null {
  if (typeof stamp === 'number') return Number.isFinite(stamp) ? stamp : null;
  if (typeof stamp !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(stamp)) return null;
  const ms = Date.parse(stamp);
  return Number.isNaN(ms) ? null : ms;
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

type ParsedJson = { ok: true; value: unknown } | { ok: false; rejection: Rejection };

function parseJson(payload: Uint8Array): ParsedJson {
  if (depth(payload) > MAX_JSON_DEPTH) return { ok: false, rejection: 'too_deep' };
  try {
    const value: unknown = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
    return { ok: true, value };
  } catch {
    // The text itself is the sender's; its kind and count are all that is kept.
    return { ok: false, rejection: 'bad_json' };
  }
}

/** Deepest nesting of brackets, found without recursion and without regard to texts: an upper bound is enough. */
function depth(payload: Uint8Array): number {
  let now = 0;
  let most = 0;
  for (const c of payload) {
    if (c === 0x5b || c === 0x7b) most = Math.max(most, ++now);
    else if (c === 0x5d || c === 0x7d) now--;
  }
  return most;
}
