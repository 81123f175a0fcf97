import { quantile } from '#models/health/statistics.ts';

/** One alert, as the measures need it. Times by the gateway's clock, milliseconds since 1970. */
export interface AnnunciatedAlert {
  /** Of its machine, and of the point. */
  source: string;
  severity: 'warning' | 'critical';
  arrivedMs: number;
  returnedMs: number | null;
  acknowledgedMs: number | null;
  /** Still active: it has not returned, or is unacknowledged. */
  isActive: boolean;
}

export interface AlarmSystemHealth {
  alerts: number;
  /** Per ten minutes and operator. EEMUA 191: 1 or fewer is acceptable. */
  meanPer10Min: number;
  /** The most in any ten minutes, per operator. EEMUA 191: 10 or fewer can be handled. */
  peakPer10Min: number;
  floods: { fromMs: number; toMs: number; alerts: number }[];
  /** Part of the time spent in a flood, 0 to 1. */
  floodPart: number;
  /** Sources that raised three alerts or more within a minute, and how many alerts they raised then. */
  chattering: { source: string; alerts: number }[];
  /** Alerts that have been active for more than a day. */
  stale: number;
  /** The most frequent sources, with their part of all alerts, 0 to 1. */
  badActors: { source: string; alerts: number; part: number }[];
  severities: { warning: number; critical: number };
  /** Seconds from annunciation to acknowledgement; null if none was acknowledged. */
  acknowledgement: { acknowledged: number; medianS: number; p90S: number } | null;
  unacknowledged: number;
}

const MINUTE_MS = 60_000;
const SPAN_MS = 10 * MINUTE_MS;
/** A flood begins with more than ten alerts in ten minutes per operator, and ends with fewer than five. ISA-18.2. */
const FLOOD_BEGINS = 10;
const FLOOD_ENDS = 5;
const CHATTERS = 3;
const STALE_MS = 24 * 60 * MINUTE_MS;
const MAX_NAMED = 10;

/**
 * Performance of the alarm system by the measures of EEMUA 191 and ISA-18.2. Pure.
 * @param alerts that were annunciated from `fromMs` to `toMs`, in any order.
 * @param operators who share the alerts.
 */
export function alarmSystemHealth(
  alerts: readonly AnnunciatedAlert[],
  fromMs: number,
  toMs: number,
  operators: number,
): AlarmSystemHealth {
  const ordered = [...alerts].sort((a, b) => a.arrivedMs - b.arrivedMs);
  const times = ordered.map((a) => a.arrivedMs);
  const floods = floodsOf(times, toMs, operators);
  const waits = ordered.flatMap(({ arrivedMs, acknowledgedMs }) =>
    acknowledgedMs === null ? [] : [Math.max(0, acknowledgedMs - arrivedMs) / 1000],
  );
  const bySource = grouped(ordered);
  const counted = [...bySource].map(([source, own]) => ({
    source,
    alerts: own.length,
    part: own.length / ordered.length,
  }));
  const spans = Math.max(1, (toMs - fromMs) / SPAN_MS);
  const critical = ordered.filter((a) => a.severity === 'critical').length;
  return {
    alerts: ordered.length,
    meanPer10Min: ordered.length / spans / operators,
    peakPer10Min: mostWithin(times, SPAN_MS) / operators,
    floods,
    floodPart: floods.reduce((sum, f) => sum + (f.toMs - f.fromMs), 0) / Math.max(1, toMs - fromMs),
    chattering: [...bySource]
      .map(([source, own]) => ({ source, alerts: mostWithin(own, MINUTE_MS) }))
      .filter((c) => c.alerts >= CHATTERS)
      .sort((a, b) => b.alerts - a.alerts),
    stale: ordered.filter((a) => a.isActive && toMs - a.arrivedMs > STALE_MS).length,
    badActors: counted.sort((a, b) => b.alerts - a.alerts).slice(0, MAX_NAMED),
    severities: { warning: ordered.length - critical, critical },
    acknowledgement:
      waits.length === 0
        ? null
        : { acknowledged: waits.length, medianS: quantile(waits, 0.5), p90S: quantile(waits, 0.9) },
    unacknowledged: ordered.filter((a) => a.isActive && a.acknowledgedMs === null).length,
  };
}

/** Times by source; each list rises. */
function grouped(ordered: readonly AnnunciatedAlert[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const { source, arrivedMs } of ordered) {
    const group = groups.get(source);
    if (group) group.push(arrivedMs);
    else groups.set(source, [arrivedMs]);
  }
  return groups;
}

/** The most times within any span of a length. @param times rising. */
function mostWithin(times: readonly number[], spanMs: number): number {
  let [most, from] = [0, 0];
  for (let to = 0; to < times.length; to++) {
    while (times[to] - times[from] >= spanMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** @param times rising. A flood that has not ended lasts until `toMs`. */
function floodsOf(times: readonly number[], toMs: number, operators: number): AlarmSystemHealth['floods'] {
  const floods: AlarmSystemHealth['floods'] = [];
  /** First alert of the ongoing flood. */
  let begun: number | null = null;
  let from = 0;
  const end = (atMs: number, last: number) => {
    if (begun !== null) floods.push({ fromMs: times[begun], toMs: Math.min(atMs, toMs), alerts: last - begun + 1 });
    begun = null;
  };
  for (let to = 0; to < times.length; to++) {
    // Between two alerts a flood ends as older ones leave the ten minutes.
    while (times[to] - times[from] >= SPAN_MS) {
      from++;
      if (begun !== null && to - from < FLOOD_ENDS * operators) end(times[from - 1] + SPAN_MS, to - 1);
    }
    if (begun === null && to - from + 1 > FLOOD_BEGINS * operators) begun = from;
  }
  if (begun !== null) {
    // The oldest alert with too few after it to continue the flood.
    const ending = Math.max(from, times.length - Math.ceil(FLOOD_ENDS * operators) + 1);
    end(times[Math.min(ending, times.length) - 1] + SPAN_MS, times.length - 1);
  }
  return floods;
}
