import type { TimeQuality } from '#models/contracts/envelope.ts';
import { decodeFrameHeader, FRAME_HEADER_BYTES, type SampleEncoding } from '#models/contracts/frame.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { Route } from './route.ts';
import type { Arrival } from './source.ts';
import type { ScalarPayload, WaveformPayload } from './sourceConfig.ts';
import type { TimeReader } from './timeReader.ts';

export type Decoded = { ok: true; block: SampleBlock } | { ok: false; rejection: Rejection };

export type PointName = Pick<Route, 'asset' | 'point'>;

export interface DecodeLimits {
  nowMs: number;
  maxFutureMs: number;
  /** What a payload's time is read by; only payloads that are decoded here have one. */
  readTime?: TimeReader;
}

/** A device without a clock begins in 1970. */
const OLDEST_MS = 0;
/** A GPS receiver's week number that rolled over (1024 weeks); beyond it no stamp is a clock's. */
const FURTHEST_MS = 7168 * 86_400_000;
/** Beyond this no sensor of a plant speaks: 10^12 in any unit. */
const LARGEST = 1e12;
const MAX_JSON_DEPTH = 32;

const refuse = (rejection: Rejection): Decoded => ({ ok: false, rejection });

/** Decodes and validates one payload: an arrival for each point that it speaks of. Pure; never throws. */
export function decode(route: Route, payload: Uint8Array, limits: DecodeLimits): Arrival[] {
  const spec = route.subscription.payload;
  if (payload.length === 0) return refuseAll(route, 'empty');
  if (spec.type === 'waveform') return [arrivalOf(route, decodeWaveform(route, spec, payload, limits))];
  const parsed = parseJson(payload);
  if (!parsed.ok) return refuseAll(route, parsed.rejection);
  return pathsOf(route, spec).map(({ name, path }) =>
    arrivalOf(name, decodeScalar(name, { ...spec, value: path }, parsed.value, limits)),
  );
}

/** The same rejection for every point that a payload speaks of. */
export function refuseAll(route: Route, rejection: Rejection): Arrival[] {
  const spec = route.subscription.payload;
  if (spec.type === 'waveform') return [arrivalOf(route, refuse(rejection))];
  return pathsOf(route, spec).map(({ name }) => arrivalOf(name, refuse(rejection)));
}

function arrivalOf({ asset, point }: PointName, decoded: Decoded): Arrival {
  return decoded.ok ? decoded : { ...decoded, point: { asset, point } };
}

function pathsOf({ asset, point }: PointName, { value, values }: ScalarPayload): { name: PointName; path: string }[] {
  if (values === undefined) return [{ name: { asset, point }, path: value }];
  return Object.entries(values).map(([itsPoint, path]) => ({ name: { asset, point: itsPoint }, path }));
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
    unit,
  } = parsed.value as Record<string, unknown>;
  if (typeof sampleRateHz !== 'number') return refuse('bad_rate');
  if (typeof scale !== 'number' || (encoding !== 'float32' && encoding !== 'int16')) return refuse('wrong_type');
  const startMs = startTime === undefined ? undefined : timeOf(startTime, limits);
  if (startMs === null || (unit !== undefined && typeof unit !== 'string')) return refuse('wrong_type');
  const startUs = startMs === undefined ? undefined : Math.round(startMs * 1000);
  if (samples === undefined) return refuse('missing_value');
  if (typeof samples === 'string') {
    const bytes = Buffer.from(samples, 'base64');
    return inUnit(finishWaveform(route, bytes, encoding, scale, sampleRateHz, startUs, limits), unit);
  }
  if (!Array.isArray(samples) || !samples.every((v) => typeof v === 'number')) return refuse('wrong_type');
  const column = Float32Array.from(samples, (v: number) => v * scale);
  return inUnit(checkWaveform(route, column, sampleRateHz, startUs, limits), unit);
}

/** What was decoded, with the unit that its device named. */
export function inUnit(decoded: Decoded, unit: string | undefined): Decoded {
  return decoded.ok && unit !== undefined ? { ok: true, block: { ...decoded.block, unit } } : decoded;
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

function decodeScalar(name: PointName, spec: ScalarPayload, payload: unknown, limits: DecodeLimits): Decoded {
  if (typeof payload === 'number') {
    // It is the value of one point alone, and says nothing else.
    if (spec.values !== undefined || spec.value.includes('*')) return refuse('missing_value');
    if (spec.quality !== undefined) return refuse('bad_quality');
    return checkScalar(name, payload, undefined, limits);
  }
  const value = spec.value === '' ? payload : at(payload, spec.value);
  if (value === undefined || value === null) return refuse('missing_value');
  if (spec.quality !== undefined && !isGood(at(payload, spec.quality), spec)) return refuse('bad_quality');
  const unit = spec.unit === undefined ? undefined : at(payload, spec.unit);
  if (unit !== undefined && typeof unit !== 'string') return refuse('wrong_type');
  const stamp = at(payload, spec.time);
  if (Array.isArray(value)) return inUnit(decodeColumn(name, spec, value, stamp, limits), unit);
  if (typeof value !== 'number') return refuse('wrong_type');
  const timeMs = stamp === undefined ? undefined : timeOf(stamp, limits);
  if (timeMs === null) return refuse('wrong_type');
  return inUnit(checkScalar(name, value, timeMs, limits), unit);
}

/** Of an array each element has to be good. */
function isGood(quality: unknown, { good }: ScalarPayload): boolean {
  const all = Array.isArray(quality) ? quality : [quality];
  return all.every((one) => good.includes(one));
}

/** An array of values with an array of times, or with the last one's time and an interval. */
function decodeColumn(
  name: PointName,
  { intervalMs }: ScalarPayload,
  values: readonly unknown[],
  stamp: unknown,
  limits: DecodeLimits,
): Decoded {
  if (values.length === 0) return refuse('empty');
  if (!values.every((v) => typeof v === 'number')) return refuse('wrong_type');
  const timesMs = Array.isArray(stamp)
    ? stamp.map((one) => timeOf(one, limits))
    : spaced(stamp === undefined ? limits.nowMs : timeOf(stamp, limits), values.length, intervalMs);
  if (timesMs?.length !== values.length || timesMs.includes(null)) return refuse('wrong_type');
  return checkScalars(name, timesMs as number[], values, stamp === undefined ? 'received' : 'source', limits);
}

/** Null where one time is all that is known of several values. */
function spaced(lastMs: number | null, count: number, intervalMs: number | undefined): number[] | null {
  if (lastMs === null || (count > 1 && intervalMs === undefined)) return null;
  return Array.from({ length: count }, (_, i) => lastMs - (count - 1 - i) * (intervalMs ?? 0));
}

/** A value that was read from wherever; without a time it has that of its arrival. */
export function checkScalar(
  point: PointName,
  value: number,
  timeMs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  return checkScalars(point, [timeMs ?? limits.nowMs], [value], timeMs === undefined ? 'received' : 'source', limits);
}

function checkScalars(
  { asset, point }: PointName,
  timesMs: readonly number[],
  values: readonly number[],
  timeQuality: TimeQuality,
  limits: DecodeLimits,
): Decoded {
  if (!values.every(Number.isFinite)) return refuse('not_finite');
  if (values.some((v) => Math.abs(v) > LARGEST)) return refuse('out_of_range');
  for (const timeMs of timesMs) {
    const bad = timeRejection(timeMs, limits);
    if (bad) return refuse(bad);
  }
  const timesUs = Float64Array.from(timesMs, (ms) => Math.round(ms * 1000));
  return {
    ok: true,
    block: { kind: 'scalars', asset, point, timeQuality, timesUs, values: Float64Array.from(values) },
  };
}

/** Only what no clock could say: what a clock is wrong by is corrected where its machine is known. */
function timeRejection(timeMs: number, { nowMs }: DecodeLimits): Rejection | null {
  if (!(timeMs >= OLDEST_MS)) return 'time_too_old';
  return timeMs > nowMs + FURTHEST_MS ? 'time_in_future' : null;
}

const timeOf = (stamp: unknown, { readTime }: DecodeLimits): number | null => readTime?.(stamp) ?? null;

/** What lies at a dotted path; `*` gives an array of what lies at the rest of the path in each element. */
function at(value: unknown, path: string): unknown {
  const keys = path.split('.');
  let found = value;
  for (const [i, key] of keys.entries()) {
    if (key === '*') {
      if (!Array.isArray(found)) return undefined;
      const rest = keys.slice(i + 1).join('.');
      return rest === '' ? found : found.map((one) => at(one, rest));
    }
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
