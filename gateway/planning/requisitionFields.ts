import type { OrderDecision } from '#models/contracts/planDecision.ts';
import type { RequisitionLine } from './requisitions.ts';

/** Template fields of a purchase requisition, and their values. */
export const REQUISITION_FIELDS = {
  /** Includes the time of the decision, because numbers restart when a gateway starts empty. */
  key: ({ id, decidedAtMs }: OrderDecision) => `millwright-requisition-${decidedAtMs}-${id}`,
  item: ({ item }: OrderDecision) => item,
  site: ({ site }: OrderDecision) => site,
  quantity: ({ quantity }: OrderDecision) => quantity ?? 0,
  name: (_: OrderDecision, line: RequisitionLine) => line.name ?? '',
  unit: (_: OrderDecision, line: RequisitionLine) => line.unit ?? '',
  supplier: (_: OrderDecision, line: RequisitionLine) => line.supplier ?? '',
  unitCost: (_: OrderDecision, line: RequisitionLine) => line.unitCost ?? 0,
  currency: (_: OrderDecision, line: RequisitionLine) => line.currency ?? '',
  deliveryDate: (_: OrderDecision, line: RequisitionLine) => line.deliveryDate,
  by: ({ by }: OrderDecision) => by,
  reason: ({ reason }: OrderDecision) => reason ?? '',
  decidedAt: ({ decidedAtMs }: OrderDecision) => new Date(decidedAtMs).toISOString(),
} as const;

type Fields = { [K in keyof typeof REQUISITION_FIELDS]: ReturnType<(typeof REQUISITION_FIELDS)[K]> };

/** The template fields of an accepted order. Pure. */
export const fieldsOfRequisition = (decision: OrderDecision, line: RequisitionLine) =>
  Object.fromEntries(Object.entries(REQUISITION_FIELDS).map(([name, of]) => [name, of(decision, line)])) as Fields;
