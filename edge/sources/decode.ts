import type { Rejection } from '#models/contracts/ledger.ts';
import { arrivalOf, type DecodeLimits, type PointName, refuse } from './decoded.ts';
import { scalarArrivals } from './decodeScalars.ts';
import { decodeLines, decodeSenml } from './decodeTagged.ts';
import { axesOf, decodeWaveform } from './decodeWaveform.ts';
import { namesOf } from './deviceNames.ts';
import { withEmbedded } from './embeddedJson.ts';
import { type Entry, entriesAt, type Reader, readerOf } from './entries.ts';
import { inflated, type Read, textOf } from './jsonText.ts';
import type { Payload, ScalarPayload } from './payloadConfig.ts';
import { readMessage } from './payloadFormat.ts';
import { readRecords } from './records.ts';
import type { Route } from './route.ts';
import { isSame } from './scalarValue.ts';
import type { Arrival } from './source.ts';
import { hasPart, splitName } from './splitName.ts';

/**
 * Decodes and validates one payload: an arrival for each of its points; none if `where` or `only` exclude them. Pure;
 * never throws.
 */
export function decode(route: Route, payload: Uint8Array, limits: DecodeLimits): Arrival[] {
  const spec = route.subscription.payload;
  if (payload.length === 0) return refuseAll(route, 'empty');
  const whole = wholeOf(payload, spec);
  if (!whole.ok) return refuseAll(route, whole.rejection);
  if (spec.type === 'waveform') return decodeWaveform(route, spec, whole.value, limits);
  if (spec.type === 'line_protocol') return decodeLines(route, spec, textOf(whole.value), limits);
  const read = readMessage(whole.value, spec);
  const message = read.ok && spec.type === 'scalar' && spec.json ? withEmbedded(read.value, spec.json) : read;
  if (!message.ok) return refuseAll(route, message.rejection);
  if (spec.type === 'senml') return decodeSenml(route, message.value, limits);
  if (spec.each !== undefined) return decodeEach(route, spec, spec.each, message.value, limits);
  const outside = readerOf({ chain: [message.value], keys: [] }, route.levels);
  if (!satisfiesWhere(spec, outside)) return [];
  const levels = levelsWithin(route, spec, outside);
  if (levels === null) return doesNotSplit(spec);
  const at = spec.split === undefined ? outside : readerOf({ chain: [message.value], keys: [] }, levels);
  const named = nameWithin(route, spec, at, levels);
  if (named === null) return [{ ok: false, rejection: 'missing_value', point: null }];
  return pointsOf(named, spec, message.value, at, undefined, limits);
}

/** A retained message may be of any age: a value without its own time would look new on each connection. */
export function decodeRetained(route: Route, payload: Uint8Array, limits: DecodeLimits): Arrival[] {
  return decode(route, payload, limits).map((arrival) => {
    if (!arrival.ok || arrival.block.timeQuality !== 'received') return arrival;
    const { asset, point } = arrival.block;
    return { ok: false, rejection: 'retained', point: { asset, point } };
  });
}

/** Decompresses a payload. Arbitrary bytes sometimes start like compressed ones: those are returned unchanged. */
function wholeOf(payload: Uint8Array, spec: Payload): Read<Uint8Array> {
  const whole = inflated(payload);
  const mayBeAnything =
    spec.type === 'waveform' ? spec.framing === 'raw' : spec.type === 'scalar' && spec.format === 'binary';
  return whole.ok || !mayBeAnything || whole.rejection === 'unsupported_type' ? whole : { ok: true, value: payload };
}

/** The same rejection for every point of a payload. */
export function refuseAll(route: Route, rejection: Rejection): Arrival[] {
  const spec = route.subscription.payload;
  if (spec.type === 'waveform' && spec.assetPath === undefined && spec.pointPath === undefined)
    return axesOf(route, spec).map((name) => arrivalOf(name, refuse(rejection)));
  const isNamed =
    spec.type === 'scalar' &&
    [spec.each, spec.assetPath, spec.pointPath, spec.records, spec.split].every((v) => v === undefined);
  if (!isNamed || route.asset === '') return [{ ok: false, rejection, point: null }];
  const names = spec.values === undefined ? [route.point] : Object.keys(spec.values);
  return names.map((point) => arrivalOf({ asset: route.asset, point }, refuse(rejection)));
}

/** Elements of an array, or entries of an object, each of which is a point. */
function decodeEach(
  route: Route,
  spec: ScalarPayload,
  each: NonNullable<ScalarPayload['each']>,
  message: unknown,
  limits: DecodeLimits,
): Arrival[] {
  const within = readerOf({ chain: [message], keys: [] }, route.levels);
  if (!satisfiesWhere(spec, within)) return [];
  const entries = entriesAt(message, each.path)?.filter((entry) => !isTimeOf(spec, each.path, entry));
  if (entries === undefined) return [{ ok: false, rejection: 'missing_value', point: null }];
  if (entries.length === 0) return [{ ok: false, rejection: 'empty', point: null }];
  const asset = spec.assetPath === undefined ? route.asset : textAt(within, spec.assetPath);
  const common = typeof spec.time === 'string' ? within(spec.time) : undefined;
  return entries.flatMap((entry) => decodeEntry(route, spec, each, entry, { asset, common }, limits));
}

function decodeEntry(
  route: Route,
  spec: ScalarPayload,
  each: NonNullable<ScalarPayload['each']>,
  entry: Entry,
  outer: { asset: string | undefined; common: unknown },
  limits: DecodeLimits,
): Arrival[] {
  const outside = readerOf(entry, route.levels);
  if (!satisfiesWhere(each, outside)) return [];
  const levels = levelsWithin(route, spec, outside);
  if (levels === null) return doesNotSplit(spec);
  const at = spec.split === undefined ? outside : readerOf(entry, levels);
  const asset = each.asset === undefined ? (splitPart(spec, levels, 'asset') ?? outer.asset) : textAt(at, each.asset);
  const element = entry.chain[entry.chain.length - 1];
  const own = each.point === undefined ? splitPart(spec, levels, 'point') : textAt(at, each.point);
  if (each.point === undefined && own === undefined) {
    const named = namesOf(asset, route.point || 'x', route.subscription.names);
    if (named === null) return [{ ok: false, rejection: 'bad_topic', point: null }];
    return pointsOf({ ...named, point: route.point }, spec, element, at, outer.common, limits);
  }
  const name = namesOf(asset, own, route.subscription.names);
  if (name === null) return [{ ok: false, rejection: 'bad_topic', point: null }];
  if (each.only !== undefined && !each.only.includes(name.point)) return [];
  return scalarArrivals(name, spec, element, at, outer.common, limits);
}

/** The points of a message, or an element, whose machine is known. */
function pointsOf(
  name: PointName,
  spec: ScalarPayload,
  payload: unknown,
  at: Reader,
  common: unknown,
  limits: DecodeLimits,
): Arrival[] {
  if (spec.records !== undefined) return recordsOf(name, spec, spec.records, at, common, limits);
  if (spec.values === undefined) return scalarArrivals(name, spec, payload, at, common, limits);
  const isValue = typeof payload !== 'object' || payload === null;
  return Object.entries(spec.values).flatMap(([point, value]) => {
    const own = typeof value === 'string' ? { path: value } : value;
    const path = own.path ?? spec.value;
    const its = { asset: name.asset, point };
    // A bare value can only belong to a single point.
    if (isValue && path !== '') return [arrivalOf(its, refuse('missing_value'))];
    return scalarArrivals(its, { ...spec, ...own, value: path }, payload, at, common, limits);
  });
}

function recordsOf(
  { asset }: PointName,
  spec: ScalarPayload,
  records: NonNullable<ScalarPayload['records']>,
  at: Reader,
  common: unknown,
  limits: DecodeLimits,
): Arrival[] {
  const value = at(spec.value);
  if (value === undefined || value === null) return [{ ok: false, rejection: 'missing_value', point: null }];
  const { found, rest } = readRecords(value, records, spec);
  const arrivals = found.flatMap(({ point, spec: own, bytes }) => {
    const its = { ...spec, as: 'uint8' as const, ...own, value: '' };
    return scalarArrivals({ asset, point }, its, bytes, (path) => (path === '' ? bytes : at(path)), common, limits);
  });
  if (rest !== null) arrivals.push({ ok: false, rejection: 'unsupported_type', point: null, detail: rest });
  return arrivals.length > 0 ? arrivals : [{ ok: false, rejection: 'empty', point: null }];
}

function satisfiesWhere({ where }: Pick<ScalarPayload, 'where'>, at: Reader): boolean {
  if (where === undefined) return true;
  return Object.entries(where).every(([path, expected]) => {
    const found = at(path);
    return [expected].flat().some((one) => isSame(found, one));
  });
}

type Levels = Readonly<Record<string, string>>;

/** The topic's levels, and the parts extracted by `split`; null if its text does not match. */
function levelsWithin(route: Route, { split }: ScalarPayload, at: Reader): Levels | null {
  if (split === undefined) return route.levels ?? {};
  const text = textAt(at, split.path);
  const parts = text === undefined ? null : splitName(text, split);
  return parts && { ...route.levels, ...parts };
}

/** A part from `split`, not the topic level of the same name. */
const splitPart = ({ split }: ScalarPayload, levels: Levels, name: 'asset' | 'point'): string | undefined =>
  split !== undefined && hasPart(split, name) ? levels[name] : undefined;

const doesNotSplit = ({ split }: ScalarPayload): Arrival[] => [
  { ok: false, rejection: 'bad_topic', point: null, detail: `nothing at ${split?.path} fits ${split?.pattern}` },
];

/** Whether an entry is the time of its neighbours: with a point per key, a flat message's time would become a value. */
function isTimeOf({ time }: ScalarPayload, path: string, { chain, keys }: Entry): boolean {
  if (typeof time !== 'string' || keys.length !== 1 || Array.isArray(chain[chain.length - 2])) return false;
  return time === (path === '' ? keys[0] : `${path}.${keys[0]}`);
}

/** Names from the message if present, else from its topic; null if they are missing or invalid. */
function nameWithin(route: Route, spec: ScalarPayload, at: Reader, levels: Levels): PointName | null {
  const { names } = route.subscription;
  const { assetPath, pointPath } = spec;
  const asset = assetPath === undefined ? (splitPart(spec, levels, 'asset') ?? route.asset) : textAt(at, assetPath);
  const point = pointPath === undefined ? (splitPart(spec, levels, 'point') ?? route.point) : textAt(at, pointPath);
  if (point !== '') return namesOf(asset, point, names);
  // Its points are named individually.
  const named = namesOf(asset, 'x', names);
  return named && { ...named, point };
}

function textAt(at: Reader, path: string): string | undefined {
  const found = at(path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}
