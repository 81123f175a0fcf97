import type { Logger } from 'pino';
import type { Command, Order } from '#models/contracts/command.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import type { Origin } from '#models/contracts/topics.ts';
import { noteSent, type Rollout, stepRollout } from '#models/packages/rollout.ts';
import { type Registry, RegistryError } from './registry.ts';

const TICK_MS = 1000;

/** Moves every roll-out on, once a second. What it sent is kept, so that a restart goes on from there. */
export class Rollouts {
  readonly #registry: Registry;
  readonly #edges: () => StatusMessage[];
  readonly #command: ((origin: Origin, order: Order) => Promise<Command>) | null;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #busy = false;

  constructor(
    registry: Registry,
    edges: () => StatusMessage[],
    command: ((origin: Origin, order: Order) => Promise<Command>) | null,
    now: () => number,
    log: Logger,
  ) {
    this.#registry = registry;
    this.#edges = edges;
    this.#command = command;
    this.#now = now;
    this.#log = log;
    this.#timer = setInterval(() => void this.tick(), TICK_MS);
  }

  /** Has one go back everywhere. @throws RegistryError where it does not go on. */
  goBack(id: number, why: string): Rollout {
    const running = this.#registry.running().find((r) => r.id === id);
    if (!running) throw new RegistryError(`no roll-out ${id} goes on`);
    const back: Rollout = { ...running, stage: 'rolling_back', why, stageMs: this.#now() };
    this.#registry.keep(back);
    return back;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async tick(): Promise<void> {
    // Orders of the tick before may still be on their way.
    if (this.#busy || !this.#command) return;
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
    if (step.rollout.stage !== rollout.stage) {
      const { id, stage, why } = step.rollout;
      this.#log.info({ rollout: id, stage, why }, 'a roll-out goes on');
      this.#registry.keep(step.rollout);
    }
    let now = step.rollout;
    for (const { target, order } of step.orders) {
      const { id } = await command(now.targets[target], order);
      now = noteSent(now, target, id, order, this.#now());
      this.#registry.keep(now);
    }
  }
}
