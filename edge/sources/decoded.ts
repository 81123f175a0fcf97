import type { TimeQuality } from '#models/contracts/envelope.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { Route } from './route.ts';
import type { Arrival } from './source.ts';
import type { TimeReader } from './timeReader.ts';

export type Decoded = { ok: true; block: SampleBlock } | { ok: false; rejection: Rejection };

export type PointName = Pick<Route, 'asset' | 'point'>;

export interface DecodeLimits {
  nowMs: number;
  maxFutureMs: number;
  /** Reader of the payload's time; only payloads decoded here have one. */
  readTime?: TimeReader;
}

/** A device without a clock starts in 1970. */
const OLDEST_MS = 0;
/** Beyond a GPS week-number rollover (1024 weeks) no stamp is valid. */
const FURTHEST_MS = 7168 * 86_400_000;
/** Largest plausible sensor value, in any unit: 10^12. */
const LARGEST = 1e12;

export const refuse = (rejection: Rejection): Decoded => ({ ok: false, rejection });

/** A known time, independent of how a device writes its stamps. */
export class Instant {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

export const timeOf = (stamp: unknown, { readTime }: DecodeLimits): number | null =>
  stamp instanceof Instant ? stamp.ms : (readTime?.(stamp) ?? null);

export function arrivalOf({ asset, point }: PointName, decoded: Decoded): Arrival {
  return decoded.ok ? decoded : { ...decoded, point: { asset, point } };
}

/** A decoded result with the unit that its device named. */
export function inUnit(decoded: Decoded, unit: string | undefined): Decoded {
  return decoded.ok && unit !== undefined ? { ok: true, block: { ...decoded.block, unit } } : decoded;
}

/** Checks samples in the point's unit, from any format; without a start they end now. */
export function checkWaveform(
  point: PointName,
  samples: Float32Array<ArrayBuffer>,
  sampleRateHz: number,
  startUs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  if (samples.length === 0) return refuse('empty');
  if (!(sampleRateHz >= 10 && sampleRateHz <= 200_000)) return refuse('bad_rate');
  // One sum detects every NaN and infinity; only a suspicious block is examined again.
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

/** As `checkWaveform`, for an array stamped at completion: its first sample is that much older. */
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

/** Sum of absolute values; four independent sums keep the processor's pipeline busy. */
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

/** Checks a value from any format; without a time it takes that of its arrival. */
export function checkScalar(
  point: PointName,
  value: number,
  timeMs: number | undefined,
  limits: DecodeLimits,
): Decoded {
  return checkScalars(point, [timeMs ?? limits.nowMs], [value], timeMs === undefined ? 'received' : 'source', limits);
}

export function checkScalars(
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

/** Rejects only times that no clock could show: a clock's error is corrected later, when its machine is known. */
function timeRejection(timeMs: number, { nowMs }: DecodeLimits): Rejection | null {
  if (!(timeMs >= OLDEST_MS)) return 'time_too_old';
  return timeMs > nowMs + FURTHEST_MS ? 'time_in_future' : null;
}
