import type { Logger } from 'pino';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { ALONE, type Lead } from '../peers/lead.ts';
import { GIVE_UP_MS, retryDelayMs } from '../retryDelay.ts';
import { unlessAway } from '../store/postgres/unlessAway.ts';
import type { MaintenanceSystem } from './maintenanceSystem.ts';
import type { WorkOrderTable } from './workOrderTable.ts';

const TICK_MS = 1000;
/** Orders per round. */
const MOST = 20;

interface WorkOrderParts {
  table: WorkOrderTable;
  system: MaintenanceSystem;
  /** Interval between polls of an order's status. */
  everyMs: number;
  now: () => number;
  /** Called with each changed order. */
  changed: (order: WorkOrder) => void;
  lead?: Lead;
}

/**
 * Sends approved orders to the maintenance system, with back-off after a failure, and polls their status until they are
 * closed. One request at a time, because maintenance systems rarely support more.
 */
export class WorkOrders {
  readonly #parts: WorkOrderParts;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;
  #isStopped = false;

  constructor(parts: WorkOrderParts, log: Logger) {
    this.#parts = parts;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => this.run(), TICK_MS);
    this.run();
  }

  /** Starts a round unless one is running. */
  run(): void {
    if (this.#isStopped || this.#round !== null) return;
    this.#round = this.#work()
      // The disk is full or failing: the rows are unchanged and due again.
      .catch((error) => this.#log.error({ error: String(error) }, 'work orders could not be stored'))
      .finally(() => {
        this.#round = null;
        unlessAway(() => {
          for (const order of this.#parts.table.drainChanged()) this.#parts.changed(order);
        });
      });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#round;
  }

  async #work(): Promise<void> {
    if (!(this.#parts.lead ?? ALONE).isLeader) return;
    for (const order of this.#parts.table.due(MOST)) await this.#unlessStopped(() => this.#send(order));
    for (const order of this.#parts.table.toFollow(MOST)) await this.#unlessStopped(() => this.#follow(order));
  }

  async #unlessStopped(work: () => Promise<void>): Promise<void> {
    if (!this.#isStopped) await work();
  }

  async #send(order: WorkOrder): Promise<void> {
    const { table, system, everyMs, now } = this.#parts;
    const answer = await system.create(order).catch((error: Error) => error);
    if (!(answer instanceof Error)) {
      table.sent(order, answer, now() + everyMs);
      return;
    }
    this.#log.error({ order: order.id, error: answer.message }, 'the maintenance system did not accept a work order');
    const isOver = now() - (order.decidedMs ?? order.createdMs) > GIVE_UP_MS;
    table.failed(order, answer.message, isOver ? null : now() + this.#delayMs(order));
  }

  async #follow(order: WorkOrder): Promise<void> {
    const { table, system, everyMs, now } = this.#parts;
    const answer = await system.status(order.externalId as string).catch((error: Error) => error);
    if (answer instanceof Error) {
      table.failed(order, answer.message, now() + Math.max(everyMs, this.#delayMs(order)));
      return;
    }
    // Without a configured status, a sent order remains with the maintenance system.
    const { status, isOver } = answer ?? { status: 'sent', isOver: true };
    table.followed(order, status, isOver, now() + everyMs);
  }

  #delayMs(order: WorkOrder): number {
    return retryDelayMs(this.#parts.table.attempts(order));
  }
}
