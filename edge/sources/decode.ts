import type { Rejection } from '#models/contracts/ledger.ts';
import { arrivalOf, type DecodeLimits, type PointName, refuse } from './decoded.ts';
import { scalarArrivals } from './decodeScalars.ts';
import { decodeLines, decodeSenml, namesOf } from './decodeTagged.ts';
import { axesOf, decodeWaveform } from './decodeWaveform.ts';
import { inflated, parseJson, textOf } from './jsonText.ts';
import { pathIn } from './pathIn.ts';
import type { Route } from './route.ts';
import type { Arrival } from './source.ts';
import { KEY, type ScalarPayload } from './sourceConfig.ts';

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

function pathsOf({ asset, point }: PointName, { value, values }: ScalarPayload): { name: PointName; path: string }[] {
  if (values === undefined) return [{ name: { asset, point }, path: value }];
  return Object.entries(values).map(([itsPoint, path]) => ({ name: { asset, point: itsPoint }, path }));
}
