import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Watch } from '#models/contracts/api.ts';
import { machineKey } from '#models/contracts/topics.ts';
import type { LivenessConfig } from '../config.ts';
import type { Escalation } from '../notify/routing.ts';
import { ALONE, type Lead } from '../peers/lead.ts';
import { unlessAway } from '../store/postgres/unlessAway.ts';
import type { Store } from '../store/store.ts';
import { findSilences, updateLivenessAlerts, watchOf } from './liveness.ts';

const TICK_MS = 2000;

type Machine = { site: string; edge: string; asset: string };
export type MachineWatch = Machine & { watch: Watch };

export interface AlertClockParts {
  store: Store;
  liveness: LivenessConfig;
  /** Channels that are notified of unacknowledged alerts. */
  escalations: readonly Escalation[];
  now: () => number;
  /** Called with the alerts that changed over time. */
  changed: (alerts: readonly AlertRecord[]) => void;
  /** Called with the machines whose watch state changed. */
  watchChanged: (machines: readonly MachineWatch[]) => void;
  lead?: Lead;
}

/**
 * Time-driven changes of alerts: detects silence, begins and ends shelving and suppressions, and escalates
 * unacknowledged alerts.
 */
export class AlertClock {
  readonly #parts: AlertClockParts;
  #timer: NodeJS.Timeout | null = null;
  #known = new Map<string, Watch['state']>();
  /** Alerts that the last tick did not check for escalation, because there were too many at once. */
  deferred = 0;

  constructor(parts: AlertClockParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** Whether a machine is watched at present. */
  watches(): (machine: Machine) => Watch {
    const { store, liveness, now } = this.#parts;
    const [arrivals, edges, nowMs] = [store.arrivals(), store.edges(), now()];
    return ({ site, edge, asset }) => watchOf({ site, edge, asset }, arrivals, edges, liveness, nowMs);
  }

  tick(): void {
    unlessAway(() => this.#tick());
  }

  #tick(): void {
    const { store, liveness, escalations, now, changed, watchChanged } = this.#parts;
    const watch = this.watches();
    const machines = store.health().map(({ site, edge, asset }): MachineWatch => {
      return { site, edge, asset, watch: watch({ site, edge, asset }) };
    });
    const turned = machines.filter((m) => this.#known.get(machineKey(m)) !== m.watch.state);
    this.#known = new Map(machines.map((m) => [machineKey(m), m.watch.state]));
    if (turned.length > 0) watchChanged(turned);
    if (!(this.#parts.lead ?? ALONE).isLeader) return;
    const own = updateLivenessAlerts(store.ownAlerts(), findSilences(machines, liveness, now()), now());
    for (const alert of own) store.keepOwnAlert(alert);
    const due = store.changeDue();
    this.deferred = store.escalate(escalations);
    if (own.length + due.length > 0) changed([...own, ...due]);
  }
}
