import { stateAt } from '#models/alerting/alarmLifecycle.ts';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Watch } from '#models/contracts/api.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import { machineKey } from '#models/contracts/topics.ts';
import type { LivenessConfig } from '../config.ts';

/** Arrival times of messages, by the gateway's clock. */
export interface Arrivals {
  /** By `site/edge`. */
  edges: ReadonlyMap<string, number>;
  /** By `site/edge/asset`: the latest arrival and the usual interval; 0 while that is unknown. */
  machines: ReadonlyMap<string, { atMs: number; intervalMs: number }>;
}

/** An edge or machine is silent after this many usual intervals without a message. */
const INTERVALS = 4;

/** Whether a machine is watched: one that is not must never appear healthy. Pure. */
export function watchOf(
  machine: { site: string; edge: string; asset: string },
  arrivals: Arrivals,
  edges: readonly StatusMessage[],
  { silentSeconds }: LivenessConfig,
  nowMs: number,
): Watch {
  const status = edges.find((e) => e.site === machine.site && e.edge === machine.edge);
  const edgeMs = arrivals.edges.get(`${machine.site}/${machine.edge}`) ?? 0;
  const { atMs, intervalMs } = arrivals.machines.get(machineKey(machine)) ?? {
    atMs: 0,
    intervalMs: 0,
  };
  const silentMs = silentSeconds * 1000;
  if (status?.online === false && nowMs - edgeMs > silentMs / INTERVALS)
    return { state: 'not_watched', sinceMs: edgeMs, reason: 'edge_offline' };
  const quietMs = Math.max(silentMs, INTERVALS * intervalMs);
  if (nowMs - Math.max(edgeMs, atMs) > quietMs) return { state: 'not_watched', sinceMs: edgeMs, reason: 'edge_silent' };
  if (nowMs - atMs > quietMs) return { state: 'not_watched', sinceMs: atMs, reason: 'machine_silent' };
  return { state: 'watched' };
}

/** A silence long enough to alert the integrator: an entire edge as one, otherwise single machines of a live edge. */
export interface Silence {
  site: string;
  edge: string;
  asset: string;
  sinceMs: number;
  text: string;
}

/** @param machines with their watch state, as `watchOf` returns it. */
export function findSilences(
  machines: readonly { site: string; edge: string; asset: string; watch: Watch }[],
  { alertSeconds }: LivenessConfig,
  nowMs: number,
): Silence[] {
  const long = machines.flatMap(({ watch, ...machine }) =>
    watch.state === 'not_watched' && nowMs - watch.sinceMs > alertSeconds * 1000 ? [{ ...machine, watch }] : [],
  );
  const byEdge = new Map<string, typeof long>();
  for (const machine of long) {
    if (machine.watch.reason === 'machine_silent') continue;
    const key = `${machine.site}/${machine.edge}`;
    byEdge.set(key, [...(byEdge.get(key) ?? []), machine]);
  }
  const edges = [...byEdge.values()].map((silent): Silence => {
    const [{ site, edge, watch }] = silent;
    const what = watch.reason === 'edge_offline' ? 'has disconnected' : 'sends nothing';
    const text = `Edge ${edge} of ${site} ${what}: ${silent.length} machines are not watched. Check its power, its network and its log.`;
    return { site, edge, asset: edge, sinceMs: watch.sinceMs, text };
  });
  const alone = long
    .filter(({ watch }) => watch.reason === 'machine_silent')
    .map(({ site, edge, asset, watch }): Silence => {
      const text = `${asset} is not watched: edge ${edge} has sent no verdict on it. Check its sensors and the source that delivers them.`;
      return { site, edge, asset, sinceMs: watch.sinceMs, text };
    });
  return [...edges, ...alone];
}

const POINT = 'liveness';
const idOf = ({ site, edge, asset, sinceMs }: Silence) => `${site}.${edge}.${asset}.${POINT}/${Math.round(sinceMs)}`;

/**
 * The gateway's own silence alerts to store, raised or returned. Pure.
 * @param standing the gateway's own alerts that have not returned; one that a person closed is not raised again.
 */
export function updateLivenessAlerts(
  standing: readonly AlertRecord[],
  silences: readonly Silence[],
  nowMs: number,
): AlertRecord[] {
  const isOf = (a: AlertRecord, s: Silence) => a.site === s.site && a.edge === s.edge && a.asset === s.asset;
  const raised = silences.filter((s) => !standing.some((a) => isOf(a, s))).map((s) => alertOf(s, nowMs));
  const returned = standing
    .filter((a) => !silences.some((s) => isOf(a, s)))
    .map((a) => {
      const next = { ...a, returnedAtMs: nowMs, updatedAtMs: nowMs };
      return { ...next, state: stateAt(next, nowMs) };
    });
  return [...raised, ...returned];
}

function alertOf(silence: Silence, nowMs: number): AlertRecord {
  const { site, edge, asset, text } = silence;
  return {
    id: idOf(silence),
    site,
    edge,
    asset,
    point: POINT,
    audience: 'integrator',
    state: 'unacknowledged',
    severity: 'warning',
    text,
    index: 0,
    raisedAtMs: nowMs,
    updatedAtMs: nowMs,
    returnedAtMs: null,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    comment: null,
    evidence: { contributions: [], diagnosis: { fault: 'undetermined', confidence: 0, reasons: [] } },
    remainingLife: { assessment: 'not_assessable', reason: 'no data arrive', remedy: 'restore the connection' },
  };
}
