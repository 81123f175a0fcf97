import type { Logger } from 'pino';
import type { AlertMessage } from '#models/contracts/alert.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { PlanAlert } from '#models/contracts/plan.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { placeKey } from '#models/planning/placeKey.ts';
import type { PlanSettings } from '#models/planning/planSettings.ts';
import { SEGMENTS } from '#models/planning/segments.ts';
import type { StockTarget } from '#models/planning/stockPolicy.ts';
import { ALONE, type Lead } from '../peers/lead.ts';
import { inSpan } from '../spans.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { Store } from '../store/store.ts';
import type { Run } from '../thread/runInThread.ts';
import { updatePlanAlerts } from './planAlerts.ts';
import type { PlanJob, PlanResult } from './planJob.ts';
import type { PlanningConfig } from './planningConfig.ts';
import type { PlanStore } from './planStore.ts';
import { changeSettings, type WhatIf } from './whatIf.ts';

export interface PlannerParts {
  place: Place;
  config: PlanningConfig;
  store: Store;
  plans: PlanStore;
  now: () => number;
  /** Called after each stored plan, with the alerts that it changed. */
  planned: (result: PlanResult, alerts: PlanAlert[]) => void;
  run: Run;
  lead?: Lead;
  /** Passes a request to the leader. */
  pass?: (reason: string) => void;
}

/** Limit on machine alerts that planning reads. */
const MAX_ALERTS = 10_000;
const ROWS_AT_ONCE = 2000;
/** Limit on queued trial plans. */
const MAX_TRIED = 4;

/** Too many trial plans are queued. */
export class PlannerBusy extends Error {}

/**
 * Plans on a schedule, when machine alerts change and when tables are imported; one plan at a time, and no more often
 * than configured. A failure is reported, and the next trigger tries again.
 */
export class Planner {
  plans = 0;
  failures = 0;
  /** Trial plans made, and refused because the queue was full. */
  tried = 0;
  turnedAway = 0;
  /** Why the last plan failed; null if it succeeded. */
  failure: string | null = null;
  lastSeconds = 0;
  readonly #parts: PlannerParts;
  readonly #log: Logger;
  readonly #schedule: NodeJS.Timeout;
  /** By machine: the part of its last health message that matters to planning. */
  readonly #seen = new Map<string, string>();
  #waiting: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #tail: Promise<unknown> = Promise.resolve();
  #trying = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  readonly #abort = new AbortController();

  constructor(parts: PlannerParts, log: Logger) {
    this.#parts = parts;
    this.#log = log;
    this.#schedule = setInterval(() => this.request('schedule'), parts.config.everyHours * 3_600_000);
  }

  /** Requests a plan, with a reason; it runs as soon as permitted. */
  request(reason: string): void {
    if (this.#abort.signal.aborted) return;
    if (!(this.#parts.lead ?? ALONE).isLeader) {
      this.#parts.pass?.(reason);
      return;
    }
    this.#waiting ??= reason;
    if (this.#timer !== null || this.#running !== null) return;
    const wait = Math.max(0, this.#lastMs + this.#parts.config.leastSeconds * 1000 - this.#parts.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#begin();
    }, wait);
  }

  /** Requests a plan if edge messages change the demand of machines. */
  onMessages(health: readonly HealthMessage[], alerts: readonly AlertMessage[]): void {
    const changed = health.filter((h) => {
      const key = machineKey(h);
      const relevant = `${h.status}/${lifeClass(h)}`;
      const before = this.#seen.get(key);
      this.#seen.set(key, relevant);
      return before !== relevant;
    });
    if (changed.length > 0 || alerts.some((a) => a.change !== 'update')) this.request('health');
  }

  /** A trial plan; nothing is stored. @throws PlannerBusy if too many are queued. */
  async tryOut(change: WhatIf): Promise<PlanResult> {
    if (this.#trying >= MAX_TRIED) {
      this.turnedAway++;
      throw new PlannerBusy('other trial plans are running: try again in a moment');
    }
    this.#trying++;
    const job = { ...this.#job('what_if'), whatIf: change };
    const tried = this.#after(() => this.#run({ ...job, settings: changeSettings(job.settings, change) }));
    try {
      const result = await tried;
      this.tried++;
      return result;
    } finally {
      this.#trying--;
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    clearInterval(this.#schedule);
    if (this.#timer) clearTimeout(this.#timer);
    await this.#tail;
  }

  #begin(): void {
    const reason = this.#waiting ?? 'schedule';
    this.#waiting = null;
    this.#lastMs = this.#parts.now();
    this.#running = this.#after(() => this.#plan(reason))
      .catch((error) => {
        // The gateway stopped before this plan began.
        if (!this.#abort.signal.aborted) throw error;
      })
      .finally(() => {
        this.#running = null;
        if (this.#waiting !== null) this.request(this.#waiting);
      });
  }

  /** Runs plans one at a time, because they read and write the same files. */
  #after<T>(work: () => Promise<T>): Promise<T> {
    const begin = () => {
      if (this.#abort.signal.aborted) throw new PlannerBusy('the gateway is stopping');
      return work();
    };
    const next = this.#tail.then(begin);
    // The caller gets the error; the queue continues.
    this.#tail = next.catch(() => undefined);
    return next;
  }

  async #plan(reason: string): Promise<void> {
    try {
      const result = await inSpan('plan', { reason }, () => this.#run(this.#job(reason)));
      this.plans++;
      this.failure = null;
      this.lastSeconds = result.summary.seconds;
      await this.#keep(result);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.failures++;
      this.failure = error instanceof Error ? error.message : String(error);
      this.#log.error({ error: this.failure, reason }, 'no plan could be made');
    }
  }

  async #keep(result: PlanResult): Promise<void> {
    const { store, plans, config, now, planned } = this.#parts;
    for (let at = 0; at < result.rows.length && !this.#abort.signal.aborted; at += ROWS_AT_ONCE) {
      store.enqueueRows(result.rows.slice(at, at + ROWS_AT_ONCE));
      // Edge messages are ingested in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#abort.signal.aborted) return;
    const active = new Map(plans.standing().map((a) => [placeKey(a), a]));
    const alerts = updatePlanAlerts(active, result.items, config.alertChance, now());
    plans.keepAlerts(alerts);
    planned(result, alerts);
  }

  #run(job: PlanJob): Promise<PlanResult> {
    return this.#parts.run({ kind: 'plan', job }, this.#abort.signal);
  }

  #job(reason: string): PlanJob {
    const { place, store, config, now } = this.#parts;
    const atMs = now();
    // All active alerts, however old, and the newest of the others.
    const all = [
      ...store.alerts({ active: true, limit: MAX_ALERTS }),
      ...store.alerts({ active: false, limit: MAX_ALERTS }),
    ];
    const alerts = [...new Map(all.map((a) => [a.id, a])).values()];
    return { place, health: store.health(), alerts, settings: settingsOf(config, atMs), reason, atMs };
  }
}

/** Remaining life of a machine in halves: smaller changes do not matter to planning. */
function lifeClass({ remainingLife }: HealthMessage): string {
  return remainingLife.assessment === 'assessed'
    ? String(Math.round(Math.log2(Math.max(3600, remainingLife.medianS))))
    : 'none';
}

function settingsOf(config: PlanningConfig, atMs: number): PlanSettings {
  const { period, horizon, reviewDays, serviceKind, serviceLevel, usualLifeDays, holdingRateAYear } = config;
  const { budget, transfers, depot } = config;
  const targetOf = (kind: StockTarget['kind'], level: number): StockTarget =>
    kind === 'cost' ? { kind } : { kind, level };
  const segmentTargets: PlanSettings['segmentTargets'] = {};
  for (const segment of SEGMENTS) {
    const own = config.segments[segment];
    if (own !== undefined) segmentTargets[segment] = targetOf(own.serviceKind, own.serviceLevel ?? serviceLevel);
  }
  const today = new Date(atMs).toISOString().slice(0, 10);
  return {
    today,
    period,
    horizon,
    reviewDays,
    target: targetOf(serviceKind, serviceLevel),
    segmentTargets,
    usualLifeDays,
    holdingRateAYear,
    budget: budget ?? null,
    ...(depot !== undefined && { depot }),
    ...(transfers !== false && { transfers: { pools: transfers.pools ?? null, cost: transfers.cost } }),
    ...(config.currency !== undefined && { currency: config.currency }),
  };
}
