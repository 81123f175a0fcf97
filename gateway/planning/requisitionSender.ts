import type { Logger } from 'pino';
import type { OrderDecision } from '#models/contracts/planDecision.ts';
import { ALONE, type Lead } from '../peers/lead.ts';
import { GIVE_UP_MS, retryDelayMs } from '../retryDelay.ts';
import { createByTemplate } from '../workOrders/restTemplate.ts';
import type { PlanningConfig } from './planningConfig.ts';
import type { PlanStore } from './planStore.ts';
import { fieldsOfRequisition } from './requisitionFields.ts';
import { requisitionLines } from './requisitions.ts';

const TICK_MS = 2000;
/** Requisitions per round. */
const MOST = 20;

interface SenderParts {
  plans: PlanStore;
  system: NonNullable<PlanningConfig['requisitions']>;
  now: () => number;
  lead?: Lead;
}

/**
 * Sends accepted orders as purchase requisitions to the ERP system, one at a time, with back-off after a failure. All
 * attempts of one order have the same idempotency key.
 */
export class RequisitionSender {
  readonly #parts: SenderParts;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #round: Promise<void> | null = null;
  #isStopped = false;

  constructor(parts: SenderParts, log: Logger) {
    this.#parts = parts;
    this.#log = log;
    this.#timer = setInterval(() => void this.run(), TICK_MS);
  }

  /** Sends due requisitions; joins a running round. */
  run(): Promise<void> {
    this.#round ??= this.#work()
      // The disk is full or failing: the rows are unchanged and due again.
      .catch((error) => this.#log.error({ error: String(error) }, 'requisitions could not be stored'))
      .finally(() => {
        this.#round = null;
      });
    return this.#round;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#round;
  }

  async #work(): Promise<void> {
    const { plans, now, lead } = this.#parts;
    if (!(lead ?? ALONE).isLeader) return;
    for (const decision of plans.decisions.toRequest(now(), MOST)) {
      if (this.#isStopped) return;
      await this.#send(decision);
    }
  }

  async #send(decision: OrderDecision): Promise<void> {
    const { plans, system, now } = this.#parts;
    const planned = plans.item(decision.item, decision.site)?.item;
    const today = new Date(now()).toISOString().slice(0, 10);
    const [line] = planned === undefined ? [] : requisitionLines([{ ...planned, decision }], 'accepted', today);
    // An item that left the plan is still requested; only its details are unknown.
    const { item, site, quantity } = decision;
    const unknown = { item, site, quantity: quantity ?? 0, name: null, unit: null, supplier: null, unitCost: null };
    const fields = fieldsOfRequisition(decision, line ?? { ...unknown, currency: null, deliveryDate: today });
    const answer = await createByTemplate(system, fields, 'the ERP system', 'the number of the requisition').catch(
      (error: Error) => error,
    );
    const attempts = (decision.requisition?.attempts ?? 0) + 1;
    if (!(answer instanceof Error)) {
      plans.decisions.requested(decision.id, { number: answer, attempts, nextMs: null, error: null });
      return;
    }
    this.#log.error({ decision: decision.id, error: answer.message }, 'the ERP system did not accept a requisition');
    const isOver = now() - decision.decidedAtMs > GIVE_UP_MS;
    const nextMs = isOver ? null : now() + retryDelayMs(attempts - 1);
    plans.decisions.requested(decision.id, { number: null, attempts, nextMs, error: answer.message.slice(0, 500) });
  }
}
