import { arrivalOf, checkScalar, type DecodeLimits, inUnit, refuse } from './decoded.ts';
import { namesOf } from './deviceNames.ts';
import { parseLine } from './lineProtocol.ts';
import type { LinePayload } from './payloadConfig.ts';
import type { Route } from './route.ts';
import type { Arrival } from './source.ts';

/** Labels of SenML in CBOR. Source: RFC 8428, section 6, table 4. */
const CBOR_LABELS: Record<string, string> = {
  '-2': 'bn',
  '-3': 'bt',
  '-4': 'bu',
  '-5': 'bv',
  '0': 'n',
  '1': 'u',
  '2': 'v',
  '3': 'vs',
  '4': 'vb',
  '6': 't',
};

const withJsonLabels = (record: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([label, value]) => [CBOR_LABELS[label] ?? label, value]));

/** SenML. Source: RFC 8428, sections 4 and 5. */
export function decodeSenml(route: Route, message: unknown, limits: DecodeLimits): Arrival[] {
  if (!Array.isArray(message) || message.length === 0) return [{ ok: false, rejection: 'wrong_type', point: null }];
  const base = { n: '', t: 0, v: 0, u: undefined as unknown };
  const arrivals = message.flatMap((record: unknown): Arrival[] => {
    if (typeof record !== 'object' || record === null) return [{ ok: false, rejection: 'wrong_type', point: null }];
    const { bn, bt, bv, bu, n, t, v, vb, u } = withJsonLabels(record);
    if (typeof bn === 'string') base.n = bn;
    if (typeof bt === 'number') base.t = bt;
    if (typeof bv === 'number') base.v = bv;
    if (bu !== undefined) base.u = bu;
    const isBase = v === undefined && vb === undefined;
    if (isBase && n === undefined) return [];
    const name = namesOf(route.asset, typeof n === 'string' && n !== '' ? n : base.n, route.subscription.names);
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

/** InfluxDB line protocol: a point per numeric field. */
export function decodeLines(route: Route, spec: LinePayload, text: string, limits: DecodeLimits): Arrival[] {
  const arrivals = text.split('\n').flatMap((line): Arrival[] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const parsed = parseLine(line);
    if (parsed === null) return [{ ok: false, rejection: 'bad_payload', point: null }];
    const asset = spec.assetTag === undefined ? route.asset : parsed.tags[spec.assetTag];
    return Object.entries(parsed.fields).flatMap(([field, value]): Arrival[] => {
      const name = namesOf(asset, route.point === '' ? field : route.point, route.subscription.names);
      if (name === null) return [{ ok: false, rejection: 'bad_topic', point: null }];
      if (typeof value !== 'number') return [arrivalOf(name, refuse('wrong_type'))];
      return [arrivalOf(name, checkScalar(name, value, parsed.timeMs, limits))];
    });
  });
  return arrivals.length > 0 ? arrivals : [{ ok: false, rejection: 'empty', point: null }];
}
