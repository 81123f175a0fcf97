/** At least this many machines of a site that alarm within this time are one event, such as a power dip or a trip. */
const EVENT_MS = 120_000;
const EVENT_MACHINES = 3;

/** The fields of an alert that decide on its case. */
export interface CaseMember {
  id: string;
  /** Unique throughout the company. */
  machine: string;
  case: string;
  raisedAtMs: number;
  isActive: boolean;
}

/** Range of raise times of alerts that may belong to one event with an alert raised at this time. */
export const eventSpan = (raisedAtMs: number): [number, number] => [raisedAtMs - EVENT_MS, raisedAtMs + EVENT_MS];

/**
 * The case of a new alert: that of the machine's still active symptoms; else that of an event, if enough machines of
 * the site alarmed at about the same time; else a new one. A case is named after its first alert. Pure.
 * @param near active alerts of the same machine, and those of the site within `eventSpan`; without the new one.
 * @returns the case, and alerts that had a case of their own and now belong to it.
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
