import type { PlanItem } from '#models/contracts/plan.ts';
import { dateOf, dayOf } from '#models/supply/dates.ts';
import type { SheetCell } from '#models/tables/writeWorkbook.ts';
import { csvLine } from '../csvLine.ts';

export const REQUISITION_LAYOUTS = ['sap', 'odoo', 'erpnext', 'dynamics'] as const;
export type RequisitionLayout = (typeof REQUISITION_LAYOUTS)[number];

/** One item to be purchased. */
export interface RequisitionLine {
  item: string;
  name: string | null;
  site: string;
  quantity: number;
  unit: string | null;
  supplier: string | null;
  unitCost: number | null;
  currency: string | null;
  /** The day it is needed, `2026-01-31`. */
  deliveryDate: string;
}

/**
 * Items to purchase, by supplier: accepted orders that are not yet among the purchases, or all that the plan has due.
 * The delivery date is one lead time ahead. Pure.
 * @param today of the plan, `2026-01-31`.
 */
export function requisitionLines(items: readonly PlanItem[], of: 'accepted' | 'due', today: string): RequisitionLine[] {
  const lines = items.flatMap((plan): RequisitionLine[] => {
    const quantity = of === 'due' ? dueOf(plan) : acceptedOf(plan);
    if (quantity <= 0) return [];
    const { item, name, site, supplier, unit = null, unitCost = null, currency = null, leadTimeDays } = plan;
    const deliveryDate = dateOf(dayOf(today) + Math.ceil(leadTimeDays));
    return [{ item, name, site, quantity, unit, supplier, unitCost, currency, deliveryDate }];
  });
  const key = ({ supplier, site, item }: RequisitionLine) => [supplier ?? '', site, item].join('\t');
  return lines.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const dueOf = ({ orderNow, deferred }: PlanItem) => (deferred ? 0 : orderNow);
const acceptedOf = ({ decision }: PlanItem) =>
  decision?.action === 'accept' && decision.state === 'open' ? (decision.quantity ?? 0) : 0;

/**
 * Purchase requisitions as a file that an ERP system imports:
 * - `sap`: the item fields of BAPI_PR_CREATE (BAPIMEREQITEMIMP), for LSMW or the migration cockpit;
 * - `odoo`: purchase orders with their lines, one for each supplier; an external ID makes a second import an update;
 * - `erpnext`: a material request with its items, by the labels of its data import;
 * - `dynamics`: lines of the requisition worksheet of Business Central.
 * Pure.
 */
export function requisitionsCsv(layout: RequisitionLayout, lines: readonly RequisitionLine[], today: string): string {
  const rows = LAYOUTS[layout](lines, today);
  const header = Object.keys(rows[0] ?? LAYOUTS[layout]([NO_LINE], today)[0]);
  return `${[header, ...rows.map((row) => Object.values(row))].map(csvLine).join('\n')}\n`;
}

const NO_LINE: RequisitionLine = {
  item: '',
  name: null,
  site: '',
  quantity: 0,
  unit: null,
  supplier: null,
  unitCost: null,
  currency: null,
  deliveryDate: '2026-01-01',
};

type Rows = Record<string, SheetCell>[];
const compact = (date: string) => date.replaceAll('-', '');
/** SAP and Business Central number lines in steps, so that others can be inserted. */
const SAP_STEP = 10;
const BC_STEP = 10_000;

const LAYOUTS: Record<RequisitionLayout, (lines: readonly RequisitionLine[], today: string) => Rows> = {
  sap: (lines, today) =>
    lines.map((line, i) => ({
      DOC_TYPE: 'NB',
      PREQ_ITEM: String((i + 1) * SAP_STEP).padStart(5, '0'),
      MATERIAL: line.item,
      SHORT_TEXT: line.name?.slice(0, 40) ?? '',
      PLANT: line.site,
      QUANTITY: line.quantity,
      UNIT: line.unit,
      PREQ_DATE: compact(today),
      DELIV_DATE: compact(line.deliveryDate),
      PREQ_PRICE: line.unitCost,
      PRICE_UNIT: line.unitCost === null ? null : 1,
      CURRENCY: line.currency,
      DES_VENDOR: line.supplier,
    })),
  odoo: (lines, today) =>
    lines.map((line, i) => {
      const isFirst = i === 0 || lines[i - 1].supplier !== line.supplier;
      const supplier = line.supplier ?? '';
      const id = `millwright_${compact(today)}_${supplier.replace(/[^A-Za-z0-9]+/g, '_') || 'none'}`;
      return {
        id: isFirst ? id : '',
        partner_id: isFirst ? supplier : '',
        date_order: isFirst ? today : '',
        'order_line/product_id': line.item,
        'order_line/product_qty': line.quantity,
        'order_line/price_unit': line.unitCost,
        'order_line/date_planned': line.deliveryDate,
      };
    }),
  erpnext: (lines, today) =>
    lines.map((line, i) => ({
      Purpose: i === 0 ? 'Purchase' : '',
      'Transaction Date': i === 0 ? today : '',
      'Item Code (Items)': line.item,
      'Quantity (Items)': line.quantity,
      'UOM (Items)': line.unit,
      'Target Warehouse (Items)': line.site,
      'Required By (Items)': line.deliveryDate,
    })),
  dynamics: (lines, today) =>
    lines.map((line, i) => ({
      'Worksheet Template Name': 'REQ.',
      'Journal Batch Name': 'DEFAULT',
      'Line No.': (i + 1) * BC_STEP,
      Type: 'Item',
      'No.': line.item,
      Description: line.name,
      'Location Code': line.site,
      Quantity: line.quantity,
      'Unit of Measure Code': line.unit,
      'Direct Unit Cost': line.unitCost,
      'Currency Code': line.currency,
      'Vendor No.': line.supplier,
      'Order Date': today,
      'Due Date': line.deliveryDate,
    })),
};
