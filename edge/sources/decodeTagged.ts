import { safeName } from '#models/contracts/names.ts';
import { arrivalOf, checkScalar, type DecodeLimits, inUnit, type PointName, refuse } from './decoded.ts';
import { parseLine } from './lineProtocol.ts';
import type { Route } from './route.ts';
import type { Arrival } from './source.ts';
import type { LinePayload } from './sourceConfig.ts';

/** Names as they are safe in topics and files; null where one is missing. */
export function namesOf(asset: string | undefined, point: string | undefined): PointName | null {
  const names = [asset, point].map((text) => (text === undefined ? null : safeName(text)));
  return names[0] === null || names[1] === null ? null : { asset: names[0], point: names[1] };
}

/** SenML in JSON. Source: RFC 8428, sections 4 and 5. */
export function decodeSenml(route: Route, message: unknown, limits: DecodeLimits): Arrival[] {
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
export function decodeLines(route: Route, spec: LinePayload, text: string, limits: DecodeLimits): Arrival[] {
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
