import { COLUMN_WORDS } from './columnWords.ts';
import { MOVEMENT_COLUMNS } from './movementColumns.ts';
import { PRICE_BREAKS_WANTED, parsePriceBreaks } from './priceBreaks.ts';

/** What a column of a planner's table holds. */
export type ColumnKind = 'text' | 'date' | 'number';

export interface Column {
  kind: ColumnKind;
  /** Other names that files use for it, in lower case with `_` for blanks. */
  also: readonly string[];
  required?: true;
  /** Of numbers: the least that is allowed. */
  least?: number;
  /** Of numbers: must be above `least`. */
  above?: true;
  most?: number;
  whole?: true;
  /** Of numbers: `5 %` is 0.05. */
  percent?: true;
  /** Of texts: what is allowed. */
  oneOf?: readonly string[];
  /** Of texts with a grammar: whether it is kept to, and what is needed. */
  grammar?: { accepts: (text: string) => boolean; wanted: string };
}

type More = Omit<Column, 'kind' | 'also'>;
type Of<K extends ColumnKind, M extends More> = { kind: K; also: readonly string[] } & M;

const text = <M extends More>(also: readonly string[] = [], more = {} as M): Of<'text', M> => ({
  kind: 'text',
  also,
  ...more,
});
const date = <M extends More>(also: readonly string[] = [], more = {} as M): Of<'date', M> => ({
  kind: 'date',
  also,
  ...more,
});
const number = <M extends More>(also: readonly string[] = [], more = {} as M): Of<'number', M & { least: number }> => ({
  kind: 'number',
  also,
  least: 0,
  ...more,
});
const required = { required: true } as const;
/** Ten years: a longer lead time is a mistake. */
const LEAD_TIME = { most: 3650 } as const;
const ITEM = text(COLUMN_WORDS.item, required);
const REFERENCE = text(COLUMN_WORDS.reference);
const PRICE_BREAKS = { accepts: (cell: string) => parsePriceBreaks(cell) !== null, wanted: PRICE_BREAKS_WANTED };

/**
 * The tables that a planner gives. `key` names the columns by which a row is known again: the same key later replaces
 * the row. Rows of `demand` in one file are summed up by their key: an order may have several lines of an item.
 */
export const SUPPLY_TABLES = {
  demand: {
    key: ['item', 'site', 'kind', 'date', 'reference', 'machine', 'unit'],
    columns: {
      item: ITEM,
      date: date(COLUMN_WORDS.date, required),
      quantity: { ...number(COLUMN_WORDS.quantity, required), least: -1e12 },
      kind: text(MOVEMENT_COLUMNS.kind, { oneOf: ['order', 'shipment', 'usage', 'return'] }),
      site: text(COLUMN_WORDS.site),
      reference: REFERENCE,
      machine: text(['asset', 'equipment', 'equipment_number', 'assetnum', 'maschine']),
      unit: text(COLUMN_WORDS.unit),
    },
  },
  items: {
    key: ['item'],
    columns: {
      item: ITEM,
      name: text(COLUMN_WORDS.description),
      family: text(COLUMN_WORDS.family),
      unit: text(COLUMN_WORDS.unit),
      unit_cost: number(COLUMN_WORDS.cost),
      /** Units that the cost is of, as in `price per 100`; it is divided by them when the table is read. */
      price_unit: number(COLUMN_WORDS.priceUnit, { above: true }),
      order_cost: number(['ordering_cost', 'setup_cost']),
      holding_rate: number(['carrying_rate'], { percent: true }),
      shortage_cost: number(['stockout_cost', 'penalty']),
      minimum_order: number(COLUMN_WORDS.minimumOrder),
      pack_size: number(COLUMN_WORDS.pack, { above: true }),
      /** Unit costs of larger orders: `400:0.72; 800:0.68`. */
      price_breaks: text(['quantity_discounts', 'price_scale', 'staffelpreise'], { grammar: PRICE_BREAKS }),
      /** What becomes of demand that the shelf cannot serve; blank: it is owed. */
      unmet_demand: text(['unmet'], { oneOf: ['owed', 'lost'] }),
      supplier: text(COLUMN_WORDS.supplier),
      lead_time_days: number(COLUMN_WORDS.leadTime, LEAD_TIME),
      /** Of what is repaired: from failure to the shelf, and the part that cannot be. */
      repair_days: number(['repair_time', 'turnaround', 'turnaround_days', 'reparaturzeit'], LEAD_TIME),
      scrap_share: number(['scrap_rate', 'condemnation_rate', 'ausschuss'], { most: 1, percent: true }),
      service_level: number(['service', 'target_service'], { above: true, most: 0.995, percent: true }),
      service_kind: text(['target'], { oneOf: ['cycle', 'fill', 'cost'] }),
      supersedes: text(['replaces', 'predecessor']),
    },
  },
  stock: {
    key: ['item', 'site'],
    columns: {
      item: ITEM,
      /** Below 0: units that are owed. */
      quantity: { ...number(COLUMN_WORDS.onHand, required), least: -1e12 },
      site: text(COLUMN_WORDS.site),
      /** Parts of a site, and batches: their rows are added up when the table is read. */
      storage_location: text(COLUMN_WORDS.storageLocation),
      batch: text(COLUMN_WORDS.batch),
      date: date(['counted', 'as_of', 'time']),
    },
  },
  purchases: {
    key: ['order', 'item'],
    columns: {
      order: text(COLUMN_WORDS.purchase, required),
      item: ITEM,
      supplier: text(COLUMN_WORDS.supplier),
      site: text(COLUMN_WORDS.site),
      quantity: number(COLUMN_WORDS.bought, { ...required, above: true }),
      ordered: date(COLUMN_WORDS.ordered, required),
      promised: date(COLUMN_WORDS.promised),
      received: date(COLUMN_WORDS.received),
      received_quantity: number(COLUMN_WORDS.receivedQuantity),
      /** What is still to come, in place of what came: it is turned round when the table is read. */
      open_quantity: number(COLUMN_WORDS.openQuantity),
      cancelled: date(['cancelled_on']),
    },
  },
  suppliers: {
    key: ['supplier'],
    columns: {
      supplier: text(['vendor', 'id'], required),
      name: text(['title', 'description']),
      lead_time_days: number(['lead_time', 'promised_days'], LEAD_TIME),
      /** Money that an order has to come to. */
      minimum_order_value: number(['minimum_value', 'min_order_value', 'mindestbestellwert']),
    },
  },
  bom: {
    key: ['machine', 'item'],
    columns: {
      machine: text(['asset', 'equipment', 'assembly'], required),
      item: ITEM,
      /** Units that a failure takes, and the part of failures that take it. */
      quantity: number(['qty', 'per_failure'], { above: true, whole: true, most: 100_000 }),
      probability: number(['share', 'chance'], { above: true, most: 1, percent: true }),
      /** Faults that it explains, by the names that alerts have, with blanks between them; none: any. */
      faults: text(['fault']),
      installed: date(['installed_on', 'commissioned', 'since']),
    },
  },
  maintenance: {
    key: ['machine', 'item', 'kind', 'date', 'reference'],
    columns: {
      machine: text(['asset', 'equipment'], required),
      date: date(['day', 'time', 'done', 'planned_for'], required),
      kind: text(['type', 'work'], { ...required, oneOf: ['failure', 'preventive', 'planned'] }),
      item: text(['id', 'item_id', 'part', 'part_number', 'sku', 'material']),
      quantity: number(['qty', 'used'], { above: true }),
      reference: REFERENCE,
    },
  },
} as const satisfies Record<string, { key: readonly string[]; columns: Record<string, Column> }>;

export type SupplyTable = keyof typeof SUPPLY_TABLES;
export const supplyTableNames = Object.keys(SUPPLY_TABLES) as SupplyTable[];

type Value<C> = C extends { kind: 'number' } ? number : string;
type Columns<T extends SupplyTable> = (typeof SUPPLY_TABLES)[T]['columns'];

/** A row of a table: required columns stand in it, others where they are known. Dates are `2026-01-31`. */
export type SupplyRow<T extends SupplyTable> = {
  -readonly [K in keyof Columns<T> as Columns<T>[K] extends { required: true } ? K : never]: Value<Columns<T>[K]>;
} & {
  -readonly [K in keyof Columns<T> as Columns<T>[K] extends { required: true } ? never : K]?: Value<Columns<T>[K]>;
};

/** All tables, as they stand now. */
export type Supply = { [T in SupplyTable]: SupplyRow<T>[] };

/** Tables without rows, all of them; a new object each time. */
export const noSupply = (): Supply => ({
  demand: [],
  items: [],
  stock: [],
  purchases: [],
  suppliers: [],
  bom: [],
  maintenance: [],
});
