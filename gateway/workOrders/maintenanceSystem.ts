import { readFileSync } from 'node:fs';
import { fillTemplate, fillUrl, resolvePointer } from '#models/configuration/template.ts';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import type { WorkOrdersConfig } from '../config.ts';
import { exchangeJson } from '../exchangeJson.ts';
import { fieldsOfOrder } from './orderFields.ts';

/** A maintenance system with a REST interface, as configured. */
export class MaintenanceSystem {
  readonly #config: WorkOrdersConfig;

  constructor(config: WorkOrdersConfig) {
    this.#config = config;
  }

  /** Creates an order and returns its number. The key is the same for each attempt. @throws Error with the reason. */
  async create(order: WorkOrder): Promise<string> {
    const { url, method, body, id } = this.#config.create;
    const fields = fieldsOfOrder(order);
    const answer = await exchangeJson({
      method,
      url: fillUrl(url, fields),
      headers: { ...this.#headers(), 'idempotency-key': fields.key },
      body: JSON.stringify(fillTemplate(body, fields)),
      allowLocal: this.#config.allowLocal,
    });
    return textAt(answer, id, 'the number of the order');
  }

  /** An order's status, and whether it is closed; null if no status is configured. */
  async status(externalId: string): Promise<{ status: string; isOver: boolean } | null> {
    const { status } = this.#config;
    if (status === undefined) return null;
    const answer = await exchangeJson({
      method: 'GET',
      url: fillUrl(status.url, { id: externalId }),
      headers: this.#headers(),
      allowLocal: this.#config.allowLocal,
    });
    const text = textAt(answer, status.at, 'the status of the order');
    return { status: text, isOver: status.over.includes(text) };
  }

  #headers(): Record<string, string> {
    const { headers, tokenFile } = this.#config;
    // Read at each attempt, because the secret may change while the gateway runs.
    if (tokenFile === undefined) return headers;
    return { ...headers, authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
  }
}

function textAt(answer: string, pointer: string, what: string): string {
  let content: unknown;
  try {
    content = JSON.parse(answer);
  } catch {
    throw new Error(`the maintenance system's response is not JSON: ${answer.slice(0, 100)}`);
  }
  const found = resolvePointer(content, pointer);
  if (typeof found !== 'string' && typeof found !== 'number')
    throw new Error(`the maintenance system's response has no ${pointer}, ${what}: ${answer.slice(0, 100)}`);
  return String(found).slice(0, 200);
}
