import type { Rejection } from '#models/contracts/ledger.ts';
import {
  arrivalOf,
  checkScalar,
  checkScalars,
  type Decoded,
  type DecodeLimits,
  Instant,
  inUnit,
  type PointName,
  refuse,
  timeOf,
} from './decoded.ts';
import type { Reader } from './entries.ts';
import type { ScalarPayload } from './payloadConfig.ts';
import { readPath } from './readPath.ts';
import { isSame, numberOf, recordsIn, timesInBytes, withUnit } from './scalarValue.ts';
import type { Arrival } from './source.ts';

/**
 * One value, or an array of them; each unusable value of an array is refused on its own.
 * @param payload the message, or an element of it.
 * @param at reads paths relative to it.
 * @param common stamp of the whole message, for values without their own.
 */
export function scalarArrivals(
  name: PointName,
  spec: ScalarPayload,
  payload: unknown,
  at: Reader,
  common: unknown,
  limits: DecodeLimits,
): Arrival[] {
  const one = (decoded: Decoded) => [arrivalOf(name, decoded)];
  // A plain payload is the value of a single point.
  const value = isPlain(payload) && !spec.value.includes('*') ? payload : at(spec.value);
  if (value === undefined || value === null) return one(refuse('missing_value'));
  if (namesSeveralPoints(payload, spec.value)) return one(refuse('several_points'));
  if (spec.quality !== undefined && !isGood(at(spec.quality), spec)) return one(refuse('bad_quality'));
  const unit = spec.unit === undefined ? undefined : at(spec.unit);
  if (unit !== undefined && typeof unit !== 'string') return one(refuse('wrong_type'));
  const deltas = spec.deltas === undefined ? undefined : at(spec.deltas);
  const packed = spec.every === undefined ? undefined : recordsIn(value, spec, spec.every);
  if (packed === null) return one(refuse('wrong_type'));
  const { time } = spec;
  const own = typeof time === 'string' ? (at(time) ?? common) : timesInBytes(packed?.records ?? value, spec, time);
  const stamp = stampsOf(own, deltas, spec.deltasIn, limits);
  if (packed === undefined && (!Array.isArray(value) || spec.as !== undefined))
    return one(decodeWithUnit(name, spec, value, unit, stamp, limits));
  const { decoded, refused } = decodeColumn(name, spec, packed?.records ?? (value as unknown[]), stamp, limits);
  if (packed?.isCutOff) refused.push('truncated');
  return [
    ...(decoded ? one(inUnit(decoded, unit)) : []),
    ...refused.map((rejection) => arrivalOf(name, refuse(rejection))),
  ];
}

const DELTA_MS: Record<ScalarPayload['deltasIn'], number> = { s: 1000, ms: 1, us: 1e-3 };

/** Times of values that have a common stamp and individual offsets. */
function stampsOf(stamp: unknown, deltas: unknown, unit: ScalarPayload['deltasIn'], limits: DecodeLimits): unknown {
  if (deltas === undefined) return stamp;
  const baseMs = timeOf(stamp, limits);
  if (baseMs === null) return stamp;
  const timeAt = (delta: unknown): Instant | null => {
    const isNumber = typeof delta === 'number' || (typeof delta === 'string' && delta.trim() !== '');
    const afterMs = isNumber ? Number(delta) * DELTA_MS[unit] : Number.NaN;
    return Number.isFinite(afterMs) ? new Instant(baseMs + afterMs) : null;
  };
  return Array.isArray(deltas) ? deltas.map(timeAt) : timeAt(deltas);
}

const isPlain = (payload: unknown): boolean => typeof payload !== 'object' || payload === null;

/** Keys, in lower case, under which array elements identify their value, by a text or a number. */
const IDS = new Set([
  'id',
  'n',
  'name',
  'tag',
  'metric',
  'tagname',
  'key',
  'nodeid',
  'displayname',
  'variable',
  'signal',
]);
const NUMBERED = new Set(['ch', 'channel', 'sensor', 'register', 'port', 'node', 'address', 'axis', 'point']);

/** Whether a path with `*` would merge elements of several points into one. */
function namesSeveralPoints(payload: unknown, path: string): boolean {
  const star = path.indexOf('*');
  if (star < 0) return false;
  const elements = readPath(payload, path.slice(0, Math.max(0, star - 1)));
  if (!Array.isArray(elements)) return false;
  const nameAt = (element: unknown, id: string) =>
    typeof element === 'object' && element !== null ? (element as Record<string, unknown>)[id] : null;
  const keys = typeof elements[0] === 'object' && elements[0] !== null ? Object.keys(elements[0]) : [];
  return keys.some((key) => {
    const isNumbered = NUMBERED.has(key.toLowerCase());
    if (!isNumbered && !IDS.has(key.toLowerCase())) return false;
    const names = elements.map((element: unknown) => nameAt(element, key));
    const isName = (n: unknown) => typeof n === 'string' || (isNumbered && typeof n === 'number');
    return names.every(isName) && new Set(names).size > 1;
  });
}

/** @param unit that the message names beside the value; a unit behind the number applies to that value alone. */
function decodeWithUnit(
  name: PointName,
  spec: ScalarPayload,
  value: unknown,
  unit: string | undefined,
  stamp: unknown,
  limits: DecodeLimits,
): Decoded {
  const parts = spec.unitInText ? withUnit(value) : null;
  return inUnit(decodeScalar(name, spec, parts?.number ?? value, stamp, limits), parts?.unit ?? unit);
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

/** For an array, each element must be good. */
function isGood(quality: unknown, { good }: ScalarPayload): boolean {
  const all = Array.isArray(quality) ? quality : [quality];
  return all.every((one) => good.some((expected) => isSame(one ?? null, expected)));
}

/** An array of values with an array of times, or with the last one's time and an interval; includes rejections. */
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
    : spaced(stamp === undefined ? limits.nowMs : timeOf(stamp, limits), values.length, spec);
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

/** Null if several values have only one time between them. */
function spaced(stampMs: number | null, count: number, { intervalMs, timeIs }: ScalarPayload): number[] | null {
  if (stampMs === null || (count > 1 && intervalMs === undefined)) return null;
  const its = timeIs === 'first' ? 0 : count - 1;
  return Array.from({ length: count }, (_, i) => stampMs + (i - its) * (intervalMs ?? 0));
}
