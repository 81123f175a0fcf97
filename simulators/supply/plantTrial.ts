import { leadTimeLaws } from '#models/demand/forecastTable.ts';
import { type DemandLaw, LAW_LEVELS, lawQuantile, NO_DEMAND } from '#models/planning/demandLaw.ts';
import { type EstimateOutcome, foresightFrom } from '#models/planning/foresight.ts';
import { type InstalledMachine, machineOutlook, type Stream } from '#models/planning/machineOutlook.ts';
import { combineDemand, type UnitChances, unitsUsed } from '#models/planning/partsDemand.ts';
import {
  NO_RECALIBRATION,
  type Recalibration,
  type Resolved,
  recalibrated,
  recalibrationOf,
} from '#models/planning/recalibration.ts';
import { fitWeibull, type Life } from '#models/planning/weibull.ts';
import { type Random, randomOf } from '#models/random/random.ts';
import { PlantLives, type PlantLivesOptions } from './plantLives.ts';

/** Time between two orders, and from an order to its delivery: whole weeks. */
const REVIEW_DAYS = 7;
const LEAD_WEEKS = 4;
const HORIZON_DAYS = (LEAD_WEEKS + 1) * REVIEW_DAYS;
const HISTORY_WEEKS = 156;
/** Interval between recalibrations of the chances. */
const RELEARN_DAYS = 28;

export interface TrialResult {
  /** By level of the policy. */
  health: PolicyResult[];
  history: PolicyResult[];
  /** Randomised probability integral transform of each week's recalibrated forecast by health. */
  pit: number[];
}

export interface PolicyResult {
  level: number;
  /** Share of the demand that was served from the shelf. */
  fill: number;
  /** Mean units on the shelf. */
  stock: number;
}

/** Stock that is ordered up to a level each week, with uncertain demand. */
class Shelf {
  #onHand = 0;
  #owed = 0;
  #demanded = 0;
  #served = 0;
  #stockDays = 0;
  #days = 0;
  readonly #arriving: { day: number; units: number }[] = [];

  order(day: number, upTo: number): void {
    const coming = this.#arriving.reduce((sum, a) => sum + a.units, 0);
    const units = Math.ceil(upTo) - (this.#onHand + coming - this.#owed);
    if (units > 0) this.#arriving.push({ day: day + LEAD_WEEKS * REVIEW_DAYS, units });
  }

  pass(day: number, demand: number): void {
    while (this.#arriving.length > 0 && this.#arriving[0].day <= day) this.#onHand += this.#arriving.shift()!.units;
    const late = Math.min(this.#owed, this.#onHand);
    this.#owed -= late;
    this.#onHand -= late;
    const served = Math.min(demand, this.#onHand);
    this.#onHand -= served;
    this.#owed += demand - served;
    this.#demanded += demand;
    this.#served += served;
    this.#stockDays += this.#onHand;
    this.#days++;
  }

  result(level: number): PolicyResult {
    return { level, fill: this.#served / Math.max(1, this.#demanded), stock: this.#stockDays / this.#days };
  }
}

/** A planner's learned state. */
interface Learned {
  lives: Life[];
  warningDays: number[];
  missed: number;
  estimates: EstimateOutcome[];
  resolved: Map<Stream, Resolved[]>;
  maps: Map<Stream, Recalibration>;
}

interface PendingChance {
  day: number;
  machine: string;
  stream: Stream;
  chance: number;
}

/**
 * Simulates a plant for years with two planners of one part: one knows the health of each machine, the other only the
 * history of demand. Both order weekly up to a quantile of the protection interval's demand, at several levels.
 * @param recalibrate whether the first planner recalibrates its chances by their outcomes.
 */
export function plantTrial(
  options: PlantLivesOptions,
  years: number,
  levels: readonly number[],
  recalibrate = true,
): TrialResult {
  const plant = new PlantLives(options);
  const random = randomOf(options.seed + 1);
  const weekly: number[] = new Array(HISTORY_WEEKS).fill(0);
  const learned: Learned = {
    lives: [],
    warningDays: [],
    missed: 0,
    estimates: [],
    resolved: new Map(),
    maps: new Map(),
  };
  const shelves = levels.map(() => ({ health: new Shelf(), history: new Shelf() }));
  const takings: { machine: string; day: number }[] = [];
  const waiting: PendingChance[] = [];
  const estimates = new Map<string, { day: number; medianDays: number }[]>();
  const forecasts: { day: number; law: DemandLaw; units: UnitChances }[] = [];
  const lastDay = HISTORY_WEEKS * 7 + Math.round(years * 365);
  for (let day = 1; day <= lastDay; day++) {
    const ages = new Map(
      plant.machines.map((m) => [m.name, { age: day - m.installedDay, alert: m.alertDay, watched: m.watched }]),
    );
    const removals = plant.pass(day);
    weekly[Math.floor((day - 1) / 7)] = (weekly[Math.floor((day - 1) / 7)] ?? 0) + removals.length;
    for (const { machine } of removals) {
      const before = ages.get(machine)!;
      takings.push({ machine, day });
      learned.lives.push({ days: before.age, ended: true });
      if (!before.watched) continue;
      if (before.alert > day) learned.missed++;
      else learned.warningDays.push(day - before.alert);
      learned.estimates.push(...outcomesOf(estimates.get(machine) ?? [], day));
      estimates.delete(machine);
    }
    if (day <= HISTORY_WEEKS * 7) continue;
    for (const shelf of shelves) {
      shelf.health.pass(day, removals.length);
      shelf.history.pass(day, removals.length);
    }
    if (day % REVIEW_DAYS !== 0) continue;
    resolve(waiting, learned, day, takings);
    const installed = installedOf(plant, day);
    for (const { machine, watch } of installed) {
      if (watch.kind !== 'alarmed' || watch.life === null) continue;
      estimates.set(machine, [...(estimates.get(machine) ?? []), { day, medianDays: watch.life.medianDays }]);
    }
    const byHealth = lawByHealth(installed, learned, day, waiting, recalibrate);
    forecasts.push({ day, law: byHealth.law, units: byHealth.units });
    const byHistory = lawByHistory(weekly);
    levels.forEach((level, i) => {
      shelves[i].health.order(day, lawQuantile(byHealth.law, level));
      shelves[i].history.order(day, lawQuantile(byHistory, level));
    });
  }
  return {
    health: levels.map((level, i) => shelves[i].health.result(level)),
    history: levels.map((level, i) => shelves[i].history.result(level)),
    pit: forecasts
      .filter(({ day }) => day + HORIZON_DAYS <= lastDay)
      .map(({ day, units }) => pitOf(units, countWithin(takings, day), random)),
  };
}

/** Estimates of one failure count as one together. */
function outcomesOf(estimates: readonly { day: number; medianDays: number }[], endDay: number): EstimateOutcome[] {
  return estimates.map(({ day, medianDays }) => ({
    saidDays: medianDays,
    cameDays: endDay - day,
    weight: 1 / estimates.length,
  }));
}

function installedOf(plant: PlantLives, day: number): InstalledMachine[] {
  return plant.machines.map((machine) => {
    const median = plant.estimate(machine, day);
    const life = { medianDays: median ?? 0, logDeviation: 0.3 };
    const alarmed = median === null ? null : { kind: 'alarmed' as const, sinceDays: day - machine.alertDay, life };
    return {
      machine: machine.name,
      ageDays: day - machine.installedDay,
      watch: alarmed ?? { kind: machine.watched ? 'quiet' : 'unwatched' },
      planned: null,
      quantity: 1,
      probability: 1,
    };
  });
}

function lawByHealth(
  installed: readonly InstalledMachine[],
  learned: Learned,
  day: number,
  waiting: PendingChance[],
  recalibrate: boolean,
): { law: DemandLaw; units: UnitChances } {
  const ongoing = installed.map(({ ageDays }) => ({ days: ageDays as number, ended: false }));
  const prior = fitWeibull([...learned.lives, ...ongoing], 500);
  if (day % RELEARN_DAYS === 0)
    learned.maps = new Map([...learned.resolved].map(([stream, resolved]) => [stream, recalibrationOf(resolved)]));
  const foresight = foresightFrom(learned.warningDays, learned.missed, recalibrate ? learned.estimates : []);
  const outlooks = installed.map((machine) =>
    machineOutlook(machine, prior, foresight, HORIZON_DAYS, (stream, chance) => {
      waiting.push({ day, machine: machine.machine, stream, chance });
      return recalibrate ? recalibrated(chance, learned.maps.get(stream) ?? NO_RECALIBRATION) : chance;
    }),
  );
  const units = unitsUsed(outlooks);
  return { law: combineDemand(units, NO_DEMAND), units };
}

function lawByHistory(weekly: readonly number[]): DemandLaw {
  const history = weekly.slice(-HISTORY_WEEKS);
  const settings = { frequency: [52], quantiles: LAW_LEVELS };
  const [[{ mean, quantiles }]] = leadTimeLaws([{ id: 'part', history }], settings, [LEAD_WEEKS + 1]);
  return { mean, quantiles };
}

function countWithin(takings: readonly { machine: string; day: number }[], day: number): number {
  return takings.filter((t) => t.day > day && t.day <= day + HORIZON_DAYS).length;
}

/** Resolves chances whose horizon has passed. */
function resolve(
  waiting: PendingChance[],
  learned: Learned,
  day: number,
  takings: readonly { machine: string; day: number }[],
): void {
  while (waiting.length > 0 && waiting[0].day + HORIZON_DAYS <= day) {
    const prediction = waiting.shift()!;
    const hasOccurred = takings.some(
      (t) => t.machine === prediction.machine && t.day > prediction.day && t.day <= prediction.day + HORIZON_DAYS,
    );
    const resolved = learned.resolved.get(prediction.stream) ?? [];
    resolved.push({ chance: prediction.chance, came: hasOccurred, weight: REVIEW_DAYS / HORIZON_DAYS });
    learned.resolved.set(prediction.stream, resolved);
  }
}

/** Randomised over the probability mass of the outcome. Source: Smith, J. Forecasting 4 (1985). */
function pitOf({ chances: units }: UnitChances, hasOccurred: number, random: Random): number {
  const below = units.slice(0, hasOccurred).reduce((a, b) => a + b, 0);
  return below + random() * (units[hasOccurred] ?? 0);
}
