import type { TimeQuality } from '#models/contracts/envelope.ts';
import { decodeFrameHeader, FRAME_HEADER_BYTES } from '#models/contracts/frame.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import { safeName } from '#models/contracts/names.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import { inflated, parseJson, textOf } from './jsonText.ts';
import { parseLine } from './lineProtocol.ts';
import { pathIn } from './pathIn.ts';
import type { Route } from './route.ts';
import { hasOtherByteOrder, readSamples, samplesInText } from './sampleBytes.ts';
import { numberOf } from './scalarValue.ts';
import type { Arrival } from './source.ts';
import {
  KEY,
  type LinePayload,
  type ScalarPayload,
  type WaveformEncoding,
  type WaveformPayload,
  waveformEncodings,
} from './sourceConfig.ts';
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

const refuse = (rejection: Rejection): Decoded => ({ ok: false, rejection });

/** Decodes and validates one payload: an arrival for each point that it speaks of, at least one. Pure; never throws. */
export function decode(route: Route, payload: Uint8Array, limits: DecodeLimits): Arrival[] {
  const spec = route.subscription.payload;
  if (payload.length === 0) return refuseAll(route, 'empty');
  const whole = inflated(payload);
  if (!whole.ok) return refuseAll(route, whole.rejection);
  if (spec.type === 'waveform') return decodeWaveform(route, spec, whole.value, limits);
  if (spec.type === 'line_protocol') return decodeLines(route, spec, textOf(whole.value), limits);
  const parsed = parseJson(whole.value);
  if (!parsed.ok) return refuseAll(route, parsed.rejection);
  if (spec.type === 'senml') return decodeSenml(route, parsed.value, limits);
  if (spec.each !== undefined) return decodeEach(route, spec, spec.each, parsed.value, limits);
  const named = nameWithin(route, spec, parsed.value);
  if (named === null) return [{ ok: false, rejection: 'missing_value', point: null }];
  return pathsOf(named, spec).flatMap(({ name, path }) =>
    scalarArrivals(name, { ...spec, value: path }, parsed.value, undefined, limits),
  );
}

/** The same rejection for every point that a payload speaks of. */
export function refuseAll(route: Route, rejection: Rejection): Arrival[] {
  const spec = route.subscription.payload;
  if (spec.type === 'scalar' && spec.each === undefined && spec.assetPath === undefined && spec.pointPath === undefined)
    return pathsOf(route, spec).map(({ name }) => arrivalOf(name, refuse(rejection)));
  if (spec.type === 'waveform') return axesOf(route, spec).map((name) => arrivalOf(name, refuse(rejection)));
  return [{ ok: false, rejection, point: null }];
}

/** Elements of an array, or entries of an object, that are a point each. */
function decodeEach(
  route: Route,
  spec: ScalarPayload,
  each: NonNullable<ScalarPayload['each']>,
  message: unknown,
  limits: DecodeLimits,
): Arrival[] {
  const found = pathIn(message, each.path);
  if (typeof found !== 'object' || found === null) return [{ ok: false, rejection: 'missing_value', point: null }];
  const entries: [string, unknown][] = Array.isArray(found)
    ? found.map((element, i) => [String(i), element])
    : Object.entries(found);
  if (entries.length === 0) return [{ ok: false, rejection: 'empty', point: null }];
  const within = nameWithin(route, { ...spec, pointPath: undefined }, message);
  const common = pathIn(message, spec.time);
  return entries.flatMap(([key, element]) => {
    const point = each.point === KEY ? key : nameAt(element, each.point);
    const asset = each.asset === undefined ? within?.asset : nameAt(element, each.asset);
    const name = namesOf(asset, point);
    if (name === null) return [{ ok: false, rejection: 'bad_topic', point: null }];
    if (each.only !== undefined && !each.only.includes(name.point)) return [];
    return scalarArrivals(name, spec, element, common, limits);
  });
}

/** The message's own names where it has them, else those of its topic; null where they are missing or none. */
function nameWithin(route: Route, { assetPath, pointPath }: ScalarPayload, message: unknown): PointName | null {
  const asset = assetPath === undefined ? route.asset : nameAt(message, assetPath);
  const point = pointPath === undefined ? route.point : nameAt(message, pointPath);
  return point === '' && asset !== undefined ? { asset, point } : namesOf(asset, point);
}

function nameAt(message: unknown, path: string): string | undefined {
  const found = pathIn(message, path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

/** Names as they are safe in topics and files; null where one is missing. */
function namesOf(asset: string | undefined, point: string | undefined): PointName | null {
  const names = [asset, point].map((text) => (text === undefined ? null : safeName(text)));
  return names[0] === null || names[1] === null ? null : { asset: names[0], point: names[1] };
}

/** SenML in JSON. Source: RFC 8428, sections 4 and 5. */
function decodeSenml(route: Route, message: unknown, limits: DecodeLimits): Arrival[] {
  if (!Array.isArray(message) || message.length === 0) return [{ ok: false, rejection: 'wrong_type', point: null }];
  const base = { n: '', t: 0, v: 0, u: undefined as unknown };
  const arrivals = message.flatMap((record: unknown): Arrival[] => {
    if (typeof record !== 'object' || record === null) return [{ ok: false, rejection: 'wrong_type', point: null }];
    const { bn, bt, bv, bu, n, t, v, vb, u } = record as Record<string, unknown>;
    if (typeof bn === 'string') base.n = bn;
    if (typeof bt === 'number') base.t = bt;
    if (typeof bv === 'number') base.v = bv;
    if (bu !== undefined) base.u = bu;
    const isBase = v === undefined && vb === undefined;
    if (isBase && n === undefined) return [];
    const name = namesOf(route.asset, typeof n === 'string' && n !== '' ? n : base.n);
    if (name === null) return [{ ok: false, rejection: 'bad_topic', point: null }];
    const value = typeof v === 'number' ? v + base.v : typeof vb === 'boolean' ? Number(vb) : null;
    if (value === null) return [arrivalOf(name, refuse(isBase ? 'unsupported_type' : 'wrong_type'))];
    const seconds = base.t + (typeof t === 'number' ? t : 0);
    // Section 4.5.3: times below 2^28 are relative to now; 0 is now.
    const timeMs = seconds === 0 ? undefined : seconds < 2 ** 28 ? limits.nowMs + 1000 * seconds : 1000 * seconds;
    const unit = u ?? base.u;
    return [
      arrivalOf(name, inUnit(checkScalar(name, value, timeMs, limits), typeof unit === 'string' ? unit : undefined)),
    ];
  });
  return arrivals.length > 0 ? arrivals : [{ ok: false, rejection: 'empty', point: null }];
}

/** InfluxDB line protocol: a point for each field with a number. */
function decodeLines(route: Route, spec: LinePayload, text: string, limits: DecodeLimits): Arrival[] {
  const arrivals = text.split('\n').flatMap((line): Arrival[] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const parsed = parseLine(line);
    if (parsed === null) return [{ ok: false, rejection: 'bad_payload', point: null }];
    const asset = spec.assetTag === undefined ? route.asset : parsed.tags[spec.assetTag];
    return Object.entries(parsed.fields).flatMap(([field, value]): Arrival[] => {
      const name = namesOf(asset, route.point === '' ? field : route.point);
      if (name === null) return [{ ok: false, rejection: 'bad_topic', point: null }];
      if (typeof value !== 'number') return [arrivalOf(name, refuse('wrong_type'))];
      return [arrivalOf(name, checkScalar(name, value, parsed.timeMs, limits))];
    });
  });
  return arrivals.length > 0 ? arrivals : [{ ok: false, rejection: 'empty', point: null }];
}

function arrivalOf({ asset, point }: PointName, decoded: Decoded): Arrival {
  return decoded.ok ? decoded : { ...decoded, point: { asset, point } };
}

function pathsOf({ asset, point }: PointName, { value, values }: ScalarPayload): { name: PointName; path: string }[] {
  if (values === undefined) return [{ name: { asset, point }, path: value }];
  return Object.entries(values).map(([itsPoint, path]) => ({ name: { asset, point: itsPoint }, path }));
}

/** The points of a frame: one, or its axes. */
function axesOf({ asset, point }: PointName, { axes }: WaveformPayload): PointName[] {
  if (axes === undefined) return [{ asset, point }];
  const names = Array.isArray(axes) ? axes : Object.keys(axes);
  return names.map((axis) => ({ asset, point: axis }));
}

function decodeWaveform(route: Route, spec: WaveformPayload, payload: Uint8Array, limits: DecodeLimits): Arrival[] {
  if (spec.framing === 'json') return decodeJsonWaveform(route, spec, payload, limits);
  if (spec.framing === 'raw') {
    if (hasOtherByteOrder(payload, spec.encoding, spec.byteOrder)) return refuseAll(route, 'wrong_byte_order');
    const samples = readSamples(payload, spec.encoding, spec.byteOrder, spec.scale);
    return deinterleaved(route, spec, samples, spec.sampleRateHz ?? 0, undefined, limits);
  }
  const header = decodeFrameHeader(payload);
  if (!header) return refuseAll(route, payload.length < FRAME_HEADER_BYTES ? 'truncated' : 'bad_header');
  const samples = readSamples(payload.subarray(FRAME_HEADER_BYTES), header.encoding, 'little', header.scale);
  return deinterleaved(route, spec, samples, header.sampleRateHz, header.startUs, limits);
}

/** One signal for each axis: the first sample of each, then the second of each, and so on. */
function deinterleaved(
  route: Route,
  spec: WaveformPayload,
  samples: Float32Array<ArrayBuffer> | Rejection,
  sampleRateHz: number,
  startUs: number | undefined,
  limits: DecodeLimits,
): Arrival[] {
  if (typeof samples === 'string') return refuseAll(route, samples);
  const names = axesOf(route, spec);
  if (names.length === 1) return [arrivalOf(names[0], checkWaveform(names[0], samples, sampleRateHz, startUs, limits))];
  if (samples.length % names.length !== 0) return refuseAll(route, 'truncated');
  return names.map((name, axis) => {
    const own = Float32Array.from(
      { length: samples.length / names.length },
      (_, i) => samples[i * names.length + axis],
    );
    return arrivalOf(name, checkWaveform(name, own, sampleRateHz, startUs, limits));
  });
}

function decodeJsonWaveform(route: Route, spec: WaveformPayload, payload: Uint8Array, limits: DecodeLimits): Arrival[] {
  const parsed = parseJson(payload);
  if (!parsed.ok) return refuseAll(route, parsed.rejection);
  if (typeof parsed.value !== 'object' || parsed.value === null) return refuseAll(route, 'wrong_type');
  const { keys } = spec;
  const at = (path: string) => pathIn(parsed.value, path);
  const rate = at(keys.sampleRate) ?? undefined;
  const [encoding, scale, stamp, unit] = [
    at('encoding') ?? spec.encoding,
    at(keys.scale) ?? spec.scale,
    at(keys.time),
    at(keys.unit),
  ];
  const sampleRateHz = rate === undefined ? spec.sampleRateHz : rateHz(rate, spec.sampleRateIn);
  if (sampleRateHz === undefined) return refuseAll(route, 'bad_rate');
  if (typeof scale !== 'number' || !isEncoding(encoding)) return refuseAll(route, 'wrong_type');
  const startMs = stamp === undefined ? undefined : timeOf(stamp, limits);
  if (startMs === null || (unit !== undefined && typeof unit !== 'string')) return refuseAll(route, 'wrong_type');
  const startUs = startMs === undefined ? undefined : Math.round(startMs * 1000);
  const own = { ...spec, encoding, scale };
  const read = (name: PointName, path: string): Arrival => {
    const samples = jsonSamples(at(path), own);
    const decoded =
      typeof samples === 'string' ? refuse(samples) : checkWaveform(name, samples, sampleRateHz, startUs, limits);
    return arrivalOf(name, inUnit(decoded, unit));
  };
  if (spec.axes === undefined) return [read(route, keys.samples)];
  if (!Array.isArray(spec.axes))
    return Object.entries(spec.axes).map(([axis, path]) => read({ asset: route.asset, point: axis }, path));
  const samples = jsonSamples(at(keys.samples), own);
  return deinterleaved(route, spec, samples, sampleRateHz, startUs, limits).map((a) =>
    a.ok && unit !== undefined ? { ...a, block: { ...a.block, unit } } : a,
  );
}

const RATES: Record<WaveformPayload['sampleRateIn'], (v: number) => number> = {
  Hz: (v) => v,
  kHz: (v) => 1000 * v,
  s: (v) => 1 / v,
  ms: (v) => 1000 / v,
  us: (v) => 1e6 / v,
};

function rateHz(rate: unknown, given: WaveformPayload['sampleRateIn']): number | undefined {
  const value = typeof rate === 'string' ? Number(rate) : rate;
  return typeof value === 'number' && Number.isFinite(value) ? RATES[given](value) : undefined;
}

const isEncoding = (value: unknown): value is WaveformEncoding => waveformEncodings.includes(value as WaveformEncoding);

/** Samples of a JSON value: an array of numbers, or a text of numbers or of bytes. */
function jsonSamples(
  value: unknown,
  { encoding, byteOrder, scale }: WaveformPayload,
): Float32Array<ArrayBuffer> | Rejection {
  if (value === undefined || value === null) return 'missing_value';
  const samples = typeof value === 'string' ? samplesInText(value) : value;
  if (typeof samples === 'string') return samples as Rejection;
  if (samples instanceof Uint8Array) {
    if (hasOtherByteOrder(samples, encoding, byteOrder)) return 'wrong_byte_order';
    return readSamples(samples, encoding, byteOrder, scale);
  }
  if (!Array.isArray(samples) || !samples.every((v) => typeof v === 'number')) return 'wrong_type';
  return Float32Array.from(samples, (v: number) => v * scale);
}

/** What was decoded, with the unit that its device named. */
export function inUnit(decoded: Decoded, unit: string | undefined): Decoded {
  return decoded.ok && unit !== undefined ? { ok: true, block: { ...decoded.block, unit } } : decoded;
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

/**
 * One value, or an array of them; what cannot be used of an array is refused by itself, and its neighbours are taken.
 * @param common stamp of the whole message, for what has none of its own.
 */
function scalarArrivals(
  name: PointName,
  spec: ScalarPayload,
  payload: unknown,
  common: unknown,
  limits: DecodeLimits,
): Arrival[] {
  const one = (decoded: Decoded) => [arrivalOf(name, decoded)];
  if (typeof payload !== 'object' || payload === null) {
    // It is the value of one point alone, and says nothing else.
    if (spec.values !== undefined || spec.value.includes('*')) return one(refuse('missing_value'));
    if (spec.quality !== undefined) return one(refuse('bad_quality'));
    return one(decodeScalar(name, spec, payload, common, limits));
  }
  const value = pathIn(payload, spec.value);
  if (value === undefined || value === null) return one(refuse('missing_value'));
  if (tellsSeveralPoints(payload, spec.value)) return one(refuse('several_points'));
  if (spec.quality !== undefined && !isGood(pathIn(payload, spec.quality), spec)) return one(refuse('bad_quality'));
  const unit = spec.unit === undefined ? undefined : pathIn(payload, spec.unit);
  if (unit !== undefined && typeof unit !== 'string') return one(refuse('wrong_type'));
  const stamp = pathIn(payload, spec.time) ?? common;
  if (!Array.isArray(value)) return one(inUnit(decodeScalar(name, spec, value, stamp, limits), unit));
  const { decoded, refused } = decodeColumn(name, spec, value, stamp, limits);
  return [
    ...(decoded ? one(inUnit(decoded, unit)) : []),
    ...refused.map((rejection) => arrivalOf(name, refuse(rejection))),
  ];
}

/** Keys by which elements of an array say whose value they hold. */
const IDS = ['id', 'n', 'name', 'tag', 'metric', 'tagName'] as const;

/** Whether a path with `*` would make one point of elements that name several. */
function tellsSeveralPoints(payload: unknown, path: string): boolean {
  const star = path.indexOf('*');
  if (star < 0) return false;
  const elements = pathIn(payload, path.slice(0, Math.max(0, star - 1)));
  if (!Array.isArray(elements)) return false;
  const nameAt = (element: unknown, id: string) =>
    typeof element === 'object' && element !== null ? (element as Record<string, unknown>)[id] : null;
  return IDS.some((id) => {
    const names = elements.map((element: unknown) => nameAt(element, id));
    return names.every((n) => typeof n === 'string') && new Set(names).size > 1;
  });
}

function decodeScalar(
  name: PointName,
  spec: ScalarPayload,
  value: unknown,
  stamp: unknown,
  limits: DecodeLimits,
): Decoded {
  const number = numberOf(value, spec);
  if (typeof number === 'string') return refuse(number);
  const timeMs = stamp === undefined ? undefined : timeOf(stamp, limits);
  return timeMs === null ? refuse('wrong_type') : checkScalar(name, number, timeMs, limits);
}

/** Of an array each element has to be good. */
function isGood(quality: unknown, { good }: ScalarPayload): boolean {
  const all = Array.isArray(quality) ? quality : [quality];
  return all.every((one) => good.includes(one));
}

/** An array of values with an array of times, or with the last one's time and an interval; and what of it is refused. */
function decodeColumn(
  name: PointName,
  spec: ScalarPayload,
  values: readonly unknown[],
  stamp: unknown,
  limits: DecodeLimits,
): { decoded: Decoded | null; refused: Rejection[] } {
  if (values.length === 0) return { decoded: refuse('empty'), refused: [] };
  const timesMs = Array.isArray(stamp)
    ? stamp.map((one) => timeOf(one, limits))
    : spaced(stamp === undefined ? limits.nowMs : timeOf(stamp, limits), values.length, spec.intervalMs);
  if (timesMs?.length !== values.length) return { decoded: refuse('wrong_type'), refused: [] };
  const numbers = values.map((value, i) => (timesMs[i] === null ? 'wrong_type' : numberOf(value, spec)));
  const good = numbers.flatMap((n, i) => (typeof n === 'number' && Number.isFinite(n) ? [i] : []));
  const refused = numbers.flatMap((n) =>
    typeof n === 'string' ? [n] : Number.isFinite(n) ? [] : ['not_finite' as const],
  );
  if (good.length === 0) return { decoded: null, refused };
  const [times, kept] = [good.map((i) => timesMs[i] as number), good.map((i) => numbers[i] as number)];
  return { decoded: checkScalars(name, times, kept, stamp === undefined ? 'received' : 'source', limits), refused };
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
