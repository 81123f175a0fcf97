import type { WorkOrder } from '#models/contracts/workOrder.ts';

/** Fields of a template, and what they are of an order. */
export const ORDER_FIELDS = {
  /** With its time: after an empty start of the gateway numbers begin anew. */
  key: ({ id, createdMs }: WorkOrder) => `millwright-${createdMs}-${id}`,
  alert: ({ alert }: WorkOrder) => alert,
  site: ({ site }: WorkOrder) => site,
  edge: ({ edge }: WorkOrder) => edge,
  asset: ({ asset }: WorkOrder) => asset,
  area: ({ area }: WorkOrder) => area ?? '',
  line: ({ line }: WorkOrder) => line ?? '',
  severity: ({ severity }: WorkOrder) => severity,
  text: ({ text }: WorkOrder) => text,
  task: ({ task }: WorkOrder) => task,
  amount: ({ amount }: WorkOrder) => amount,
  currency: ({ currency }: WorkOrder) => currency,
  approvedBy: ({ decidedBy }: WorkOrder) => decidedBy ?? '',
  createdAt: ({ createdMs }: WorkOrder) => new Date(createdMs).toISOString(),
} as const;

type OrderFields = { [K in keyof typeof ORDER_FIELDS]: ReturnType<(typeof ORDER_FIELDS)[K]> };

/** An order's fields for a template. Pure. */
export const fieldsOfOrder = (order: WorkOrder) =>
  Object.fromEntries(Object.entries(ORDER_FIELDS).map(([name, of]) => [name, of(order)])) as OrderFields;
