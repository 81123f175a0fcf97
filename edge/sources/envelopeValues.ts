import type { DecodeLimits } from './decoded.ts';
import { scalarArrivals } from './decodeScalars.ts';
import type { Reader } from './entries.ts';
import { type ScalarPayload, scalarSchema } from './payloadConfig.ts';
import type { Arrival } from './source.ts';
import type { WaveformPayload } from './waveformConfig.ts';

/** Settings of the values of each payload, by point. */
const known = new WeakMap<WaveformPayload, [point: string, spec: ScalarPayload][]>();

function specsOf(payload: WaveformPayload): [string, ScalarPayload][] {
  const before = known.get(payload);
  if (before !== undefined) return before;
  const defaults = scalarSchema.parse({ type: 'scalar', time: payload.keys.time });
  const specs = Object.entries(payload.values ?? {}).map(([point, value]): [string, ScalarPayload] => {
    const own = typeof value === 'string' ? { path: value } : value;
    return [point, { ...defaults, ...own, value: own.path ?? '' }];
  });
  known.set(payload, specs);
  return specs;
}

/**
 * The slow values of an envelope that also has samples: one arrival each, at the envelope's time.
 * @param at reads a path of the envelope.
 */
export function envelopeValues(
  asset: string,
  payload: WaveformPayload,
  envelope: unknown,
  at: Reader,
  limits: DecodeLimits,
): Arrival[] {
  return specsOf(payload).flatMap(([point, spec]) =>
    scalarArrivals({ asset, point }, spec, envelope, at, undefined, limits),
  );
}
