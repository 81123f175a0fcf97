import type { Logger } from 'pino';
import type { Command, Order } from '#models/contracts/command.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import type { Origin } from '#models/contracts/topics.ts';
import { recordSent, stepRollout } from '#models/packages/rollout.ts';
import { ALONE, type Lead } from '../peers/lead.ts';
import { type Registry, RegistryError } from './registry.ts';

const TICK_MS = 1000;

/** Advances every roll-out once a second. Sent commands are stored, so that a restart continues from there. */
export class Rollouts {
  readonly #registry: Registry;
  readonly #edges: () => StatusMessage[];
  readonly #command: ((origin: Origin, order: Order) => Promise<Command>) | null;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #lead: Lead;
  readonly #timer: NodeJS.Timeout;
  #busy = false;

  constructor(
    registry: Registry,
    edges: () => StatusMessage[],
    command: ((origin: Origin, order: Order) => Promise<Command>) | null,
    now: () => number,
    log: Logger,
    lead: Lead = ALONE,
  ) {
    this.#registry = registry;
    this.#edges = edges;
    this.#command = command;
    this.#now = now;
    this.#log = log;
    this.#lead = lead;
    this.#timer = setInterval(() => void this.tick(), TICK_MS);
  }

  /**
   * Rolls back everywhere. One that is already being rolled back ends as it is: permanently offline machines keep the
   * model.
   * @throws RegistryError if the roll-out is not active.
   */
  goBack(id: number, why: string): Rollout {
    if (!this.#registry.running().some((r) => r.id === id)) throw new RegistryError(`roll-out ${id} is not active`);
    return this.#registry.change(id, (now) => ({
      ...now,
      stage: now.stage === 'rolling_back' ? 'rolled_back' : 'rolling_back',
      why: now.stage === 'rolling_back' ? `${now.why}; ended by force: ${why}` : why,
      stageMs: this.#now(),
    }));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async tick(): Promise<void> {
    // Commands of the previous tick may still be in flight.
    if (this.#busy || !this.#command || !this.#lead.isLeader) return;
    this.#busy = true;
    try {
      const edges = this.#edges();
      for (const rollout of this.#registry.running()) await this.#move(rollout, edges, this.#command);
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'a roll-out waits');
    } finally {
      this.#busy = false;
    }
  }

  async #move(
    rollout: Rollout,
    edges: readonly StatusMessage[],
    command: (origin: Origin, order: Order) => Promise<Command>,
  ): Promise<void> {
    const step = stepRollout(rollout, edges, this.#now());
    const { id, stage, why } = step.rollout;
    // A person may have rolled it back since it was read; that decision applies.
    const kept = this.#registry.change(id, (now) => (now.stage === rollout.stage ? step.rollout : now));
    if (kept.stage !== stage) return;
    if (stage !== rollout.stage) this.#log.info({ rollout: id, stage, why }, 'a roll-out goes on');
    for (const { target, order } of step.orders) {
      const sent = await command(kept.targets[target], order);
      const now = this.#registry.change(id, (current) => recordSent(current, target, sent.id, order, this.#now()));
      if (now.stage !== stage) return;
    }
  }
}
