import type { WorkOrder } from '#models/contracts/workOrder.ts';

/** Template fields, and their values in an order. */
export const ORDER_FIELDS = {
  /** Includes the creation time, because order numbers restart when a gateway starts empty. */
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

/** The template fields of an order. Pure. */
export const fieldsOfOrder = (order: WorkOrder) =>
  Object.fromEntries(Object.entries(ORDER_FIELDS).map(([name, of]) => [name, of(order)])) as OrderFields;
