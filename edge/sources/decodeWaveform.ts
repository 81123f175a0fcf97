import { decodeFrameHeader, FRAME_HEADER_BYTES } from '#models/contracts/frame.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import { type Contradiction, findContradiction } from './contradiction.ts';
import {
  arrivalOf,
  checkCompleted,
  checkWaveform,
  type Decoded,
  type DecodeLimits,
  inUnit,
  type PointName,
  timeOf,
} from './decoded.ts';
import { detectInterleavedAxes } from './detectInterleavedAxes.ts';
import { namesOf } from './deviceNames.ts';
import { readerOf } from './entries.ts';
import { envelopeValues } from './envelopeValues.ts';
import { inflated } from './jsonText.ts';
import { readMessage } from './payloadFormat.ts';
import type { Route } from './route.ts';
import { numberInFrame, readSamples, samplesInText } from './sampleBytes.ts';
import type { Arrival } from './source.ts';
import { type WaveformEncoding, waveformEncodings } from './valueConfig.ts';
import type { WaveformPayload } from './waveformConfig.ts';

/** The same rejection for every axis of a frame. */
export function refuseAxes(route: PointName, spec: WaveformPayload, rejection: Rejection, detail?: string): Arrival[] {
  // Names from the message are not known yet.
  if (route.asset === '' || (route.point === '' && spec.axes === undefined))
    return [{ ok: false, rejection, point: null, ...(detail && { detail }) }];
  return axesOf(route, spec).map((point) => ({ ok: false, rejection, point, ...(detail && { detail }) }));
}

/** The points of a frame: one, or its axes. */
export function axesOf({ asset, point }: PointName, { axes }: WaveformPayload): PointName[] {
  if (axes === undefined) return [{ asset, point }];
  const names = Array.isArray(axes) ? axes : Object.keys(axes);
  return names.map((axis) => ({ asset, point: axis }));
}

export function decodeWaveform(
  route: Route,
  spec: WaveformPayload,
  payload: Uint8Array,
  limits: DecodeLimits,
): Arrival[] {
  if (spec.framing === 'json') return decodeJsonWaveform(route, spec, payload, limits);
  if (spec.framing === 'raw') {
    const { skipBytes } = spec;
    if (payload.length < skipBytes) return refuseAxes(route, spec, 'truncated');
    const own = spec.header === undefined ? {} : headerOf(payload, spec.header);
    if (own === null) return refuseAxes(route, spec, 'truncated', 'the frame ends within payload.header');
    return decodeRaw(route, spec, payload.subarray(skipBytes), limits, own);
  }
  const header = decodeFrameHeader(payload);
  if (!header) return refuseAxes(route, spec, payload.length < FRAME_HEADER_BYTES ? 'truncated' : 'bad_header');
  const samples = readSamples(payload.subarray(FRAME_HEADER_BYTES), header.encoding, 'little', header.scale);
  return deinterleaved(route, spec, samples, header.sampleRateHz, header.startUs, limits);
}

/** Contents of the bytes before the samples. */
interface FrameHeader {
  sampleRate?: number;
  time?: number;
  scale?: number;
}

/** Null if the frame ends within it. */
function headerOf(payload: Uint8Array, header: NonNullable<WaveformPayload['header']>): FrameHeader | null {
  const read = Object.entries(header).map(([name, place]) => [name, numberInFrame(payload, place)] as const);
  return read.some(([, number]) => number === null) ? null : Object.fromEntries(read);
}

/** Raw samples, and the fields before them. */
export function decodeRaw(
  route: Route,
  spec: WaveformPayload,
  bytes: Uint8Array,
  limits: DecodeLimits,
  header: FrameHeader = {},
): Arrival[] {
  const contradiction = findContradiction(bytes, spec.encoding, spec.byteOrder);
  if (contradiction) return refuseAxes(route, spec, contradiction.rejection, contradiction.detail);
  const samples = readSamples(bytes, spec.encoding, spec.byteOrder, spec.scale * (header.scale ?? 1));
  const at = readerOf({ chain: [undefined], keys: [] }, route.levels);
  const [rate, stamp] = [header.sampleRate ?? at(spec.keys.sampleRate), header.time ?? at(spec.keys.time)];
  const startUs = startOf(stamp, limits);
  if (startUs === null) return refuseAxes(route, spec, 'wrong_type');
  const sampleRateHz = rate === undefined ? spec.sampleRateHz : rateHz(rate, spec.sampleRateIn);
  return deinterleaved(route, spec, samples, sampleRateHz ?? 0, startUs, limits);
}

/** One signal per axis: the first sample of each, then the second of each, and so on. */
function deinterleaved(
  route: Route,
  spec: WaveformPayload,
  samples: Float32Array<ArrayBuffer> | Rejection,
  sampleRateHz: number,
  startUs: number | undefined,
  limits: DecodeLimits,
): Arrival[] {
  if (typeof samples === 'string') return refuseAxes(route, spec, samples);
  const names = axesOf(route, spec);
  if (names.length === 1) {
    // Millwright's own header is for a single signal: its frames are not checked for several.
    if (spec.framing === 'header')
      return [arrivalOf(names[0], checkWaveform(names[0], samples, sampleRateHz, startUs, limits))];
    return [oneSignal(names[0], spec, samples, sampleRateHz, startUs, limits)];
  }
  if (samples.length % names.length !== 0) return refuseAxes(route, spec, 'truncated');
  return names.map((name, axis) => {
    const own = Float32Array.from(
      { length: samples.length / names.length },
      (_, i) => samples[i * names.length + axis],
    );
    return arrivalOf(name, checkStamped(name, spec, own, sampleRateHz, startUs, limits));
  });
}

/** @param stampUs of the first sample or, by `timeIs`, the last. */
function checkStamped(
  name: PointName,
  { timeIs }: WaveformPayload,
  samples: Float32Array<ArrayBuffer>,
  sampleRateHz: number,
  stampUs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  return timeIs === 'last' && stampUs !== undefined
    ? checkCompleted(name, samples, sampleRateHz, stampUs / 1000, limits)
    : checkWaveform(name, samples, sampleRateHz, stampUs, limits);
}

/** Refused if it looks like several. */
function oneSignal(
  name: PointName,
  spec: WaveformPayload,
  samples: Float32Array<ArrayBuffer>,
  sampleRateHz: number,
  stampUs: number | undefined,
  limits: DecodeLimits,
): Arrival {
  const decoded = checkStamped(name, spec, samples, sampleRateHz, stampUs, limits);
  const interleaved = decoded.ok ? detectInterleavedAxes(samples) : null;
  if (interleaved === null) return arrivalOf(name, decoded);
  const detail = `it looks like ${interleaved} or more interleaved signals: name their points in payload.axes`;
  return { ok: false, rejection: 'several_points', point: name, detail };
}

function decodeJsonWaveform(route: Route, spec: WaveformPayload, payload: Uint8Array, limits: DecodeLimits): Arrival[] {
  const parsed = readMessage(payload, spec);
  if (!parsed.ok) return refuseAxes(route, spec, parsed.rejection);
  if (typeof parsed.value !== 'object' || parsed.value === null) return refuseAxes(route, spec, 'wrong_type');
  const envelope = spec.format === 'csv' ? columnsOf(parsed.value as Record<string, string>[], spec) : parsed.value;
  const at = readerOf({ chain: [envelope], keys: [] }, route.levels);
  const signals = decodeEnvelope(route, spec, at, limits);
  const named = spec.values === undefined ? null : namedWithin(route, spec, at);
  return named === null ? signals : [...signals, ...envelopeValues(named.asset, spec, envelope, at, limits)];
}

/**
 * One row per sample: columns become arrays, except those of time, rate, scale and unit, which are in the first row.
 */
function columnsOf(rows: readonly Record<string, string>[], { keys }: WaveformPayload): Record<string, unknown> {
  const once = new Set([keys.time, keys.sampleRate, keys.unit]);
  const columns = Object.keys(rows[0] ?? {}).map((name) => {
    if (name === keys.scale) return [name, numberOf(rows[0][name])];
    return [name, once.has(name) ? rows[0][name] : rows.map((row) => numberOf(row[name]))];
  });
  return Object.fromEntries(columns);
}

/** NaN if it is not a number. */
const numberOf = (text: string | undefined): number =>
  text === undefined || text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));

/** @param at reads a dotted path of the envelope. */
export function decodeEnvelope(
  given: Route,
  spec: WaveformPayload,
  at: (path: string) => unknown,
  limits: DecodeLimits,
): Arrival[] {
  const route = namedWithin(given, spec, at);
  if (route === null) return [{ ok: false, rejection: 'missing_value', point: null }];
  const { keys } = spec;
  const rate = at(keys.sampleRate) ?? undefined;
  const encoding = at('encoding') ?? spec.encoding;
  const scale = scaleOf(at(keys.scale) ?? spec.scale);
  const [stamp, unit] = [at(keys.time), at(keys.unit)];
  const seconds = keys.seconds === undefined ? undefined : at(keys.seconds);
  const configured = seconds === undefined ? spec.sampleRateHz : rateOfTimes(seconds);
  const sampleRateHz = rate === undefined ? configured : rateHz(rate, spec.sampleRateIn);
  if (sampleRateHz === undefined) return refuseAxes(route, spec, 'bad_rate');
  if (scale === null || !isEncoding(encoding)) return refuseAxes(route, spec, 'wrong_type');
  const startUs = startOf(stamp, limits);
  if (startUs === null || (unit !== undefined && typeof unit !== 'string'))
    return refuseAxes(route, spec, 'wrong_type');
  const own = { ...spec, encoding, scale };
  const read = (name: PointName, path: string): Arrival => {
    const samples = jsonSamples(at(path), own);
    if (!(samples instanceof Float32Array)) return { ok: false, point: name, ...samples };
    const arrival = oneSignal(name, spec, samples, sampleRateHz, startUs, limits);
    return arrival.ok ? arrivalOf(name, inUnit(arrival, unit)) : arrival;
  };
  if (spec.axes === undefined) return [read(route, keys.samples)];
  if (!Array.isArray(spec.axes))
    return Object.entries(spec.axes).map(([axis, path]) => read({ asset: route.asset, point: axis }, path));
  const samples = jsonSamples(at(keys.samples), own);
  if (!(samples instanceof Float32Array)) return refuseAxes(route, spec, samples.rejection, samples.detail);
  return deinterleaved(route, spec, samples, sampleRateHz, startUs, limits).map((a) =>
    a.ok && unit !== undefined ? { ...a, block: { ...a.block, unit } } : a,
  );
}

/** Names in the envelope take precedence over those of the topic; null if they are missing. */
function namedWithin(route: Route, spec: WaveformPayload, at: (path: string) => unknown): Route | null {
  if (spec.assetPath === undefined && spec.pointPath === undefined) return route;
  const textAt = (path: string) => {
    const found = at(path);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  };
  const asset = spec.assetPath === undefined ? route.asset : textAt(spec.assetPath);
  const point = spec.pointPath === undefined ? route.point : textAt(spec.pointPath);
  // Axes name their own points.
  const named = namesOf(asset, point === '' ? 'axes' : point, route.subscription.names);
  return named && { ...route, ...named };
}

const RATES: Record<WaveformPayload['sampleRateIn'], (v: number) => number> = {
  Hz: (v) => v,
  kHz: (v) => 1000 * v,
  s: (v) => 1 / v,
  ms: (v) => 1000 / v,
  us: (v) => 1e6 / v,
};

/** A number, or text of one with or without its unit. */
function rateHz(rate: unknown, given: WaveformPayload['sampleRateIn']): number | undefined {
  const written = typeof rate === 'string' ? /^\s*([\d.]+(?:e[+-]?\d+)?)\s*(k?Hz)?\s*$/i.exec(rate) : null;
  const value = written === null ? rate : Number(written[1]);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const unit = written?.[2]?.toLowerCase();
  return RATES[unit === undefined ? given : unit === 'khz' ? 'kHz' : 'Hz'](value);
}

/** Microseconds since 1970; undefined without a stamp, null if it is not a time. */
function startOf(stamp: unknown, limits: DecodeLimits): number | undefined | null {
  const startMs = stamp === undefined ? undefined : timeOf(stamp, limits);
  return typeof startMs === 'number' ? Math.round(startMs * 1000) : startMs;
}

/** Tolerated deviation of a sample's time, in steps: beyond it samples are missing or the rate is not uniform. */
const MAX_JITTER = 0.5;

/** The rate of samples at the given seconds; undefined if they are not uniform. */
function rateOfTimes(seconds: unknown): number | undefined {
  if (!Array.isArray(seconds) || seconds.length < 2 || !seconds.every((s) => Number.isFinite(s))) return undefined;
  const step = (seconds[seconds.length - 1] - seconds[0]) / (seconds.length - 1);
  const isEven = seconds.every((s, i) => Math.abs(s - seconds[0] - i * step) <= MAX_JITTER * step);
  return step > 0 && isEven ? 1 / step : undefined;
}

const isEncoding = (value: unknown): value is WaveformEncoding => waveformEncodings.includes(value as WaveformEncoding);

/** Samples of a JSON value: an array of numbers, or text with numbers or bytes. */
function jsonSamples(
  value: unknown,
  { encoding, byteOrder, scale }: WaveformPayload,
): Float32Array<ArrayBuffer> | Contradiction {
  if (value === undefined || value === null) return { rejection: 'missing_value' };
  const samples = typeof value === 'string' ? samplesInText(value) : value;
  if (typeof samples === 'string') return { rejection: samples as Rejection };
  if (samples instanceof Uint8Array) {
    // Samples may start like compressed bytes: if they do not unpack, they are used unchanged.
    const whole = inflated(samples);
    const bytes = whole.ok ? whole.value : samples;
    const contradiction = findContradiction(bytes, encoding, byteOrder);
    const read = readSamples(bytes, encoding, byteOrder, scale);
    return contradiction ?? (typeof read === 'string' ? { rejection: read } : read);
  }
  if (!Array.isArray(samples)) return { rejection: 'wrong_type' };
  const isNumbers = samples.every((v) => typeof v === 'number');
  if (!isNumbers && !samples.every((v) => typeof v === 'number' || QUOTED.test(String(v))))
    return { rejection: 'wrong_type' };
  return Float32Array.from(samples, (v: number | string) => Number(v) * scale);
}

/** A factor, perhaps written as text; null if it is not one. */
function scaleOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && QUOTED.test(value) ? Number(value) : null;
}

/** A number written as text. */
const QUOTED = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
