import { type AlertRecord, coveredFaults } from '#models/contracts/alert.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import { assetOf, machineKey } from '#models/contracts/topics.ts';
import { dayOf } from '#models/supply/dates.ts';
import type { Supply, SupplyRow } from '#models/supply/supplyTables.ts';
import { type EstimateOutcome, type Foresight, foresightFrom, type LifeEstimate } from './foresight.ts';
import type { InstalledMachine } from './machineOutlook.ts';
import { fitWeibull, type Life, type Weibull } from './weibull.ts';

/** The edges' messages about machines, as stored by the gateway. */
export interface MachineNews {
  health: readonly HealthMessage[];
  /** All stored alerts, returned ones included. */
  alerts: readonly AlertRecord[];
}

/** Machines that use a part, and the life distribution of the part. */
export interface InstalledBase {
  machines: InstalledMachine[];
  prior: Weibull;
  /** Number of lives that the prior was learned from: ended and ongoing. */
  lives: { ended: number; ongoing: number };
}

const DAY_MS = 86_400_000;
const DAY_S = 86_400;
/** Planned work overdue by this many days was abandoned. */
const GIVEN_UP_DAYS = 60;
/** A machine whose edge has been silent for this long is no longer monitored. */
const SILENT_DAYS = 7;
const MIN_DAYS = 0.01;
/** Standard normal 95 % quantile: remaining-life intervals are of 90 %. */
const Z_90 = 1.645;
/** For an interval without an upper end, or no interval. */
const WIDE_LOG_DEVIATION = 0.7;

/**
 * Machines of the bill of materials for a part, with the part's age, planned work, and the state of its alerts.
 * @param bom rows of one item. @param records of maintenance, by machine. @param today days since 1970. @param
 * usualLifeDays of a part without records.
 */
export function installedBase(
  bom: readonly SupplyRow<'bom'>[],
  records: ReadonlyMap<string, readonly SupplyRow<'maintenance'>[]>,
  news: MachineNews,
  today: number,
  usualLifeDays: number,
): InstalledBase {
  const lives: Life[] = [];
  const machines = bom.map((b): InstalledMachine => {
    const own = (records.get(b.machine) ?? []).filter((m) => isForPart(m, b));
    const { ended, ageDays } = livesOf(own, b, today);
    lives.push(...ended, ...(ageDays === null ? [] : [{ days: ageDays, ended: false }]));
    return {
      machine: b.machine,
      ageDays,
      watch: watchOf(b, own, news, today),
      planned: plannedIn(own, b, today),
      quantity: b.quantity ?? 1,
      probability: b.probability ?? 1,
    };
  });
  const ended = lives.filter((l) => l.ended).length;
  return { machines, prior: fitWeibull(lives, usualLifeDays), lives: { ended, ongoing: lives.length - ended } };
}

/** Records of this part; for a part that only some failures need, all records of the machine. */
export function isForPart({ item }: SupplyRow<'maintenance'>, b: SupplyRow<'bom'>): boolean {
  return item === b.item || ((b.probability ?? 1) < 1 && item === undefined);
}

function livesOf(records: readonly SupplyRow<'maintenance'>[], b: SupplyRow<'bom'>, today: number) {
  const done = records
    .filter(({ kind, date }) => kind !== 'planned' && dayOf(date) <= today)
    .map(({ date }) => dayOf(date))
    .sort((x, y) => x - y);
  const ended: Life[] = [];
  let since = b.installed === undefined ? null : dayOf(b.installed);
  for (const day of done) {
    // A service that replaces a part ends its life like a failure: the forecast is of replacements.
    if (since !== null && day > since) ended.push({ days: day - since, ended: true });
    since = Math.max(day, since ?? day);
  }
  return { ended, ageDays: since === null ? null : Math.max(0, today - since) };
}

/** Days until the next planned work, 0 if overdue; null: none planned, done, or abandoned. */
function plannedIn(
  records: readonly SupplyRow<'maintenance'>[],
  b: SupplyRow<'bom'>,
  today: number,
): InstalledMachine['planned'] {
  const done = records.filter((r) => r.kind !== 'planned').map((r) => dayOf(r.date));
  const last = Math.max(Number.NEGATIVE_INFINITY, ...done);
  const open = records
    .filter((r) => r.kind === 'planned')
    .filter((r) => dayOf(r.date) > last && dayOf(r.date) > today - GIVEN_UP_DAYS)
    .sort((x, y) => dayOf(x.date) - dayOf(y.date));
  if (open.length === 0) return null;
  const quantity = Math.round(open[0].quantity ?? b.quantity ?? 1);
  return { days: Math.max(0, dayOf(open[0].date) - today), quantity };
}

/** A machine of a bill of materials is named by its asset or, where two have one name, by `site/edge/asset`. */
const isOf = (machine: string, m: { site: string; edge: string; asset: string }) =>
  machine === m.asset || machine === machineKey(m);

/**
 * Whether an alert may need parts: not alerts about wiring or silence, closed ones, or false ones that have not been
 * raised again.
 */
function needsParts({ audience, closed, finding, history = [] }: AlertRecord): boolean {
  if (audience === 'integrator' || closed !== undefined) return false;
  if (finding === undefined || finding.finding === 'confirmed') return true;
  return history.some(({ action, atMs }) => ALARMS_AGAIN.includes(action) && atMs >= finding.atMs);
}
/** After these, an earlier finding no longer applies. */
const ALARMS_AGAIN = ['reopen', 'escalate'];

/** @param records of maintenance of this part. */
function watchOf(
  b: SupplyRow<'bom'>,
  records: readonly SupplyRow<'maintenance'>[],
  { health, alerts }: MachineNews,
  today: number,
): InstalledMachine['watch'] {
  const done = records.filter(({ kind, date }) => kind !== 'planned' && dayOf(date) <= today);
  const renewed = Math.max(Number.NEGATIVE_INFINITY, ...done.map(({ date }) => dayOf(date)));
  // An alert concerns the old part if the part was replaced on the alert's first day or later.
  const isOfOldPart = (a: AlertRecord) => renewed >= Math.floor(a.raisedAtMs / DAY_MS);
  const its = health.filter((h) => isOf(b.machine, h) && today - h.timeMs / DAY_MS < SILENT_DAYS);
  const active = alerts.filter(
    (a) =>
      isOf(b.machine, a) &&
      a.returnedAtMs === null &&
      (needsParts(a) || isFoundPart(b, a)) &&
      couldExplain(b, a) &&
      !isOfOldPart(a),
  );
  if (active.length > 0) {
    const estimates = active.flatMap((a) => lifeEstimate(a, today) ?? []);
    const sinceDays = Math.max(0, today + 1 - Math.min(...active.map((a) => a.raisedAtMs)) / DAY_MS);
    return { kind: 'alarmed', sinceDays, life: shortestLife(estimates) };
  }
  // A machine that is not assessable is not watched.
  return { kind: its.some((h) => h.index !== undefined) ? 'quiet' : 'unwatched' };
}

/** The site of a machine: from its full name, or from the edge that monitors it; null: unknown. */
export function siteOfMachine(machine: string, { health, alerts }: MachineNews): string | null {
  if (machine.split('/').length === 3) return machine.slice(0, machine.indexOf('/'));
  const sites = new Set([...health, ...alerts].filter((m) => m.asset === machine).map((m) => m.site));
  return sites.size === 1 ? [...sites][0] : null;
}

/**
 * Whether someone found this part damaged: it is needed until a record says that it was replaced, even if the alert is
 * closed.
 */
function isFoundPart({ item }: SupplyRow<'bom'>, { finding }: AlertRecord): boolean {
  return finding?.finding === 'confirmed' && finding.part?.trim().toLowerCase() === item.toLowerCase();
}

/** Whether a failure of this part would explain an alert. */
function couldExplain(b: SupplyRow<'bom'>, alert: AlertRecord): boolean {
  const { faults } = b;
  const { evidence } = alert;
  if (faults === undefined || isFoundPart(b, alert)) return true;
  const { fault } = evidence.diagnosis;
  const named = faults.split(/[\s,;|]+/);
  return fault === 'undetermined' || coveredFaults(fault).some((f) => named.includes(f));
}

/** An alert's remaining life, less the days since. @param today days since 1970. */
export function lifeEstimate({ remainingLife: life, updatedAtMs }: AlertRecord, today: number): LifeEstimate | null {
  if (life.assessment !== 'assessed') return null;
  const { medianS, lowS, highS } = life;
  const spread = (high: number) => (Math.log(high) - Math.log(Math.max(lowS, 1e-3 * high))) / (2 * Z_90);
  const logDeviation = highS === undefined || highS <= 0 ? WIDE_LOG_DEVIATION : spread(highS);
  const since = Math.max(0, today - updatedAtMs / DAY_MS);
  return { medianDays: Math.max(MIN_DAYS, medianS / DAY_S - since), logDeviation };
}

/** The estimate with the shortest median; null if there is none. */
export function shortestLife(estimates: readonly LifeEstimate[]): LifeEstimate | null {
  return estimates.reduce<LifeEstimate | null>((a, b) => (a === null || b.medianDays < a.medianDays ? b : a), null);
}

/**
 * How well alerts announced the replacements of monitored machines.
 * @param watchedSince by `site/edge/asset`, days since 1970. @param estimates of remaining life with known outcomes.
 */
export function foresightOf(
  { bom, maintenance }: Pick<Supply, 'bom' | 'maintenance'>,
  { alerts }: MachineNews,
  watchedSince: ReadonlyMap<string, number>,
  estimates: readonly EstimateOutcome[],
): Foresight {
  const byPlace = new Map(bom.map((b) => [`${b.machine}\t${b.item}`, b]));
  const since = sinceByMachine(watchedSince);
  const warnings: number[] = [];
  let missed = 0;
  for (const record of maintenance) {
    const b = byPlace.get(`${record.machine}\t${record.item}`);
    const day = dayOf(record.date);
    if (b === undefined || record.kind === 'planned' || !((since.get(b.machine) ?? day + 1) <= day)) continue;
    const first = firstAlertBefore(b, day, alerts);
    if (first === null) missed++;
    else warnings.push(day - first);
  }
  return foresightFrom(warnings, missed, estimates);
}

/** Keyed by both names that a machine may have. */
function sinceByMachine(watchedSince: ReadonlyMap<string, number>): Map<string, number> {
  const since = new Map(watchedSince);
  for (const [key, day] of watchedSince) {
    const asset = assetOf(key);
    since.set(asset, Math.min(day, since.get(asset) ?? day));
  }
  return since;
}

/** Day of the first alert still open at the replacement, or the day before it. */
function firstAlertBefore(b: SupplyRow<'bom'>, day: number, alerts: readonly AlertRecord[]): number | null {
  const days = alerts
    .filter(
      (a) =>
        isOf(b.machine, a) &&
        couldExplain(b, a) &&
        needsParts(a) &&
        (a.returnedAtMs ?? day * DAY_MS) / DAY_MS >= day - 1,
    )
    .map((a) => a.raisedAtMs / DAY_MS)
    .filter((raised) => raised < day + 1);
  return days.length === 0 ? null : Math.min(...days);
}
