import { fillUrl } from '#models/configuration/template.ts';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import type { WorkOrdersConfig } from '../config.ts';
import { exchangeJson } from '../exchangeJson.ts';
import { fieldsOfOrder } from './orderFields.ts';
import { createByTemplate, headersOf, textAt } from './restTemplate.ts';

const SYSTEM = 'the maintenance system';

/** A maintenance system with a REST interface, as configured. */
export class MaintenanceSystem {
  readonly #config: WorkOrdersConfig;

  constructor(config: WorkOrdersConfig) {
    this.#config = config;
  }

  /** Creates an order and returns its number. The key is the same for each attempt. @throws Error with the reason. */
  create(order: WorkOrder): Promise<string> {
    return createByTemplate(this.#config, fieldsOfOrder(order), SYSTEM, 'the number of the order');
  }

  /** An order's status, and whether it is closed; null if no status is configured. */
  async status(externalId: string): Promise<{ status: string; isOver: boolean } | null> {
    const { status } = this.#config;
    if (status === undefined) return null;
    const answer = await exchangeJson({
      method: 'GET',
      url: fillUrl(status.url, { id: externalId }),
      headers: headersOf(this.#config),
      allowLocal: this.#config.allowLocal,
    });
    const text = textAt(answer, status.at, SYSTEM, 'the status of the order');
    return { status: text, isOver: status.over.includes(text) };
  }
}
