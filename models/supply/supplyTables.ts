import { COLUMN_WORDS } from './columnWords.ts';
import { MOVEMENT_COLUMNS } from './movementColumns.ts';
import { PRICE_BREAKS_EXPECTED, parsePriceBreaks } from './priceBreaks.ts';

/** Type of a column in a planner's table. */
export type ColumnKind = 'text' | 'date' | 'number';

export interface Column {
  kind: ColumnKind;
  /** Aliases in files, in lower case with `_` for blanks. */
  also: readonly string[];
  required?: true;
  /** For numbers: the minimum. */
  least?: number;
  /** For numbers: must be above `least`. */
  above?: true;
  most?: number;
  whole?: true;
  /** For numbers: `5 %` is 0.05. */
  percent?: true;
  /** For texts: the allowed values. */
  oneOf?: readonly string[];
  /** For texts with a grammar: the check, and what to write instead. */
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
/** Ten years: a longer lead time is an error. */
const LEAD_TIME = { most: 3650 } as const;
const ITEM = text(COLUMN_WORDS.item, required);
const REFERENCE = text(COLUMN_WORDS.reference);
const PRICE_BREAKS = { accepts: (cell: string) => parsePriceBreaks(cell) !== null, wanted: PRICE_BREAKS_EXPECTED };

/**
 * The tables that a planner gives. `key` names the columns that identify a row: a later row with the same key replaces
 * it. Rows of `demand` in one file are summed up by their key: an order may have several lines of an item.
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
      /**
       * Number of units that the cost is for, as in `price per 100`; the cost is divided by it when the table is read.
       */
      price_unit: number(COLUMN_WORDS.priceUnit, { above: true }),
      order_cost: number(['ordering_cost', 'setup_cost']),
      holding_rate: number(['carrying_rate'], { percent: true }),
      shortage_cost: number(['stockout_cost', 'penalty']),
      minimum_order: number(COLUMN_WORDS.minimumOrder),
      pack_size: number(COLUMN_WORDS.pack, { above: true }),
      /** Unit costs of larger orders: `400:0.72; 800:0.68`. */
      price_breaks: text(['quantity_discounts', 'price_scale', 'staffelpreise'], { grammar: PRICE_BREAKS }),
      /** Whether demand that the shelf cannot serve is owed or lost; blank: owed. */
      unmet_demand: text(['unmet'], { oneOf: ['owed', 'lost'] }),
      supplier: text(COLUMN_WORDS.supplier),
      lead_time_days: number(COLUMN_WORDS.leadTime, LEAD_TIME),
      /** For repairables: from failure to the shelf, and the share that is scrapped. */
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
      /** Negative: backordered units. */
      quantity: { ...number(COLUMN_WORDS.onHand, required), least: -1e12 },
      site: text(COLUMN_WORDS.site),
      /** Parts of a site, and batches: rows are added up when the table is read. */
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
      /** Quantity still to be received, instead of the received one; converted when the table is read. */
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
      /** Minimum value of an order. */
      minimum_order_value: number(['minimum_value', 'min_order_value', 'mindestbestellwert']),
    },
  },
  bom: {
    key: ['machine', 'item'],
    columns: {
      machine: text(['asset', 'equipment', 'assembly'], required),
      item: ITEM,
      /** Units per failure, and the share of failures that need the part. */
      quantity: number(['qty', 'per_failure'], { above: true, whole: true, most: 100_000 }),
      probability: number(['share', 'chance'], { above: true, most: 1, percent: true }),
      /** Faults that it explains, by their names in alerts, separated by blanks; none: any. */
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

/** A row of a table: required columns are always present, others if known. Dates are `2026-01-31`. */
export type SupplyRow<T extends SupplyTable> = {
  -readonly [K in keyof Columns<T> as Columns<T>[K] extends { required: true } ? K : never]: Value<Columns<T>[K]>;
} & {
  -readonly [K in keyof Columns<T> as Columns<T>[K] extends { required: true } ? never : K]?: Value<Columns<T>[K]>;
};

/** All tables in their current state. */
export type Supply = { [T in SupplyTable]: SupplyRow<T>[] };

/** All tables, without rows; a new object each time. */
export const noSupply = (): Supply => ({
  demand: [],
  items: [],
  stock: [],
  purchases: [],
  suppliers: [],
  bom: [],
  maintenance: [],
});
