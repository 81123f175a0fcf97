import type { AlertRecord } from '../contracts/alert.ts';
import { machineKey } from '../contracts/topics.ts';
import type { WorkItem } from '../contracts/workOrder.ts';
import { groupedBy } from '../groupedBy.ts';
import { corrected, type Foresight } from '../planning/foresight.ts';
import { lifeEstimate, shortestLife } from '../planning/installedBase.ts';
import { normalCdf } from '../statistics/quantiles.ts';
import type { MachineCosts } from './valueLedger.ts';

/** Hours of work on a machine. */
export interface WorkHours {
  inspectionHours: number;
  repairHours: number;
}

export interface WorkListParts {
  costsOf: (machine: string) => MachineCosts & WorkHours;
  /** Chance that an alert is right, from the findings on earlier alerts of its rule. */
  chanceTrue: (alert: AlertRecord) => number;
  foresight: Foresight;
  nowMs: number;
  /** Days of doing nothing that the work is compared with. */
  days: number;
}

const DAY_MS = 86_400_000;

/**
 * Machines with open alerts, ranked by the risk that an hour of work avoids. The work is an inspection, and a repair if
 * the alert was right; its value is what an unplanned stop within the given days would cost beyond a planned one. Pure.
 * @param alerts suppressed, shelved and returned ones, and those for the integrator, are left out.
 */
export function workList(alerts: readonly AlertRecord[], parts: WorkListParts): WorkItem[] {
  const open = alerts.filter(
    ({ state, audience }) => (state === 'unacknowledged' || state === 'acknowledged') && audience !== 'integrator',
  );
  const items = [...groupedBy(open, machineKey)].map(([machine, own]) => workItem(machine, own, parts));
  return items.sort((a, b) => b.riskPerHour - a.riskPerHour || a.raisedAtMs - b.raisedAtMs);
}

function workItem(machine: string, alerts: readonly AlertRecord[], parts: WorkListParts): WorkItem {
  const { inspection, plannedStop, unplannedStop, inspectionHours, repairHours } = parts.costsOf(machine);
  const worst = alerts.find(({ severity }) => severity === 'critical') ?? alerts[0];
  const raisedAtMs = Math.min(...alerts.map((a) => a.raisedAtMs));
  // Symptoms of one machine mostly share one cause, so their chances are not independent.
  const chanceTrue = Math.max(...alerts.map(parts.chanceTrue));
  const chanceOfStop = stopWithin(alerts, (parts.nowMs - raisedAtMs) / DAY_MS, parts);
  const riskAvoided =
    chanceTrue * chanceOfStop * Math.max(0, unplannedStop - plannedStop) - (1 - chanceTrue) * inspection;
  const hours = inspectionHours + chanceTrue * repairHours;
  const { site, edge, asset, area, line, severity, text, assignedTo } = worst;
  return {
    site,
    edge,
    asset,
    ...(area !== undefined && { area }),
    ...(line !== undefined && { line }),
    severity,
    task: severity === 'critical' ? 'repair' : 'inspect',
    text,
    alerts: alerts.map(({ id }) => id),
    raisedAtMs,
    assignedTo: assignedTo ?? null,
    chanceTrue,
    chanceOfStop,
    riskAvoided,
    hours,
    riskPerHour: riskAvoided / hours,
  };
}

/**
 * Chance that a real fault stops its machine within the given days: by remaining life where an alert has one, else by
 * the time from alert to failure in earlier cases, given how long the alert has been active. Both lognormal.
 */
function stopWithin(
  alerts: readonly AlertRecord[],
  standsDays: number,
  { foresight, nowMs, days }: WorkListParts,
): number {
  const life = shortestLife(alerts.flatMap((alert) => lifeEstimate(alert, nowMs / DAY_MS) ?? []));
  if (life !== null) {
    const { medianDays, logDeviation } = corrected(life, foresight);
    return lognormalCdf(days, medianDays, logDeviation);
  }
  const { warningMedianDays, warningLogDeviation } = foresight;
  const before = lognormalCdf(standsDays, warningMedianDays, warningLogDeviation);
  const after = lognormalCdf(Math.max(0, standsDays) + days, warningMedianDays, warningLogDeviation);
  return before < 1 ? (after - before) / (1 - before) : 1;
}

const lognormalCdf = (x: number, median: number, logDeviation: number): number =>
  x <= 0 ? 0 : normalCdf(Math.log(x / median) / Math.max(1e-6, logDeviation));
