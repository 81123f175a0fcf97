/** Machines of a site that alarm within so long of one another, and how many make it one event: a power dip, a trip. */
const EVENT_MS = 120_000;
const EVENT_MACHINES = 3;

/** What is known of an alert for its case. */
export interface CaseMember {
  id: string;
  /** Of its machine, throughout a company. */
  machine: string;
  case: string;
  raisedAtMs: number;
  isActive: boolean;
}

/** Times between which alerts may be of one event with an alert that was raised then. */
export const eventSpan = (raisedAtMs: number): [number, number] => [raisedAtMs - EVENT_MS, raisedAtMs + EVENT_MS];

/**
 * The case of a new alert, which is named after its first alert: that of its machine's symptoms that are still active;
 * else that of an event, where enough machines of the site were alarmed at its time; else one of its own. Pure.
 * @param near alerts of the same machine that are active, and of the same site within `eventSpan`; without the new one.
 * @returns the case, and alerts that stood alone and belong to it now.
 */
export function caseOf(
  alert: { id: string; machine: string; raisedAtMs: number },
  near: readonly CaseMember[],
): { case: string; joining: string[] } {
  const own = near.filter((m) => m.machine === alert.machine && m.isActive).sort(byTime)[0];
  if (own !== undefined) return { case: own.case, joining: [] };
  const [fromMs, toMs] = eventSpan(alert.raisedAtMs);
  const event = near.filter((m) => m.raisedAtMs >= fromMs && m.raisedAtMs <= toMs).sort(byTime);
  const machines = new Set([alert.machine, ...event.map((m) => m.machine)]);
  if (machines.size < EVENT_MACHINES) return { case: alert.id, joining: [] };
  const [first] = event;
  return { case: first.case, joining: event.filter((m) => m.case !== first.case).map((m) => m.id) };
}

const byTime = (a: CaseMember, b: CaseMember) => a.raisedAtMs - b.raisedAtMs || (a.id < b.id ? -1 : 1);
