import { PERIOD_COLUMNS } from './calendarColumns.ts';
import { MOVEMENT_COLUMNS } from './movements.ts';

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
const words = (...lines: string[]) => lines.flatMap((line) => line.split(' '));

/** Ten years: a longer lead time is a mistake. */
const LEAD_TIME = { most: 3650 } as const;
/** Names of a column in exports of ERP systems, in English and German; the first one that stands in a header counts. */
const ITEM_NAMES = words(
  'id item_id item_no item_number item_code itemnum matnr inventory_id part part_no part_number part_num sku material material_no',
  'material_number materialnummer internal_reference product_internal_reference product_code product_id product',
  'product_service stock_code article article_no article_number artikel artikelnummer artikelnr artikel_nr teilenummer',
  'sachnummer art_nr mat_nr produkt produktcode product_name item_name',
);
const ITEM = text(ITEM_NAMES, required);
const REFERENCE = text(
  words(
    'ref document document_no document_number doc_no material_document materialbeleg belegnummer beleg voucher voucher_no',
    'invoice_no invoice_number order_reference order_no order_number auftragsnummer source_document mat_doc mat_beleg mblnr num order_line line',
    'transaction transaction_id',
  ),
);
const SITE_NAMES = words(
  'plant plnt werk werks location location_code lagerortcode warehouse warehouse_code store storeloc branch standort',
);
const UNIT_NAMES = words(
  'uom unit_of_measure unit_of_entry base_unit_of_measure basismengeneinheit mengeneinheit einheit einheitencode erfassme meins bun bme stock_uom base_unit',
);

/**
 * The tables that a planner gives. `key` names the columns by which a row is known again: the same key later replaces
 * the row. Rows of `demand` in one file are summed up by their key: an order may have several lines of an item.
 */
export const SUPPLY_TABLES = {
  demand: {
    key: ['item', 'site', 'kind', 'date', 'reference', 'machine', 'unit'],
    columns: {
      item: ITEM,
      date: date(
        words(
          'posted posting_date pstng_date order_date shipped ship_date shipment_date invoice_date document_date',
          'transaction_date trans_date tran_date transdate physical_date financial_date entry_date effective_date',
          'delivery_date to_date buchungsdatum buch_dat budat budat_mkpf belegdatum rechnungsdatum lieferdatum bis_datum',
          'datum_bis datum time day',
        ).concat(PERIOD_COLUMNS),
        required,
      ),
      quantity: {
        ...number(
          words(
            'demand qty quantity_done qty_done done_quantity qty_in_un_of_entry qty_in_unit_of_entry menge',
            'menge_in_erfassme menge_in_erfassungsme qty_shipped quantity_shipped shipped_qty shipped_quantity qty_sold',
            'quantity_sold qty_delivered delivered_qty delivered_quantity qty_invoiced invoiced_qty actual_qty ordered_qty',
            'ordered_quantity qty_ordered tran_qty trans_qty issued_qty quantity_issued absatzmenge anzahl units value',
            'transaction_quantity trans_quantity actual_quantity inventory_quantity consumption usage verbrauch',
            'verbrauchsmenge amount sales',
          ),
          required,
        ),
        least: -1e12,
      },
      kind: text(MOVEMENT_COLUMNS.kind, { oneOf: ['order', 'shipment', 'usage', 'return'] }),
      site: text(SITE_NAMES),
      reference: REFERENCE,
      machine: text(words('asset equipment equipment_number assetnum maschine')),
      unit: text(UNIT_NAMES),
    },
  },
  items: {
    key: ['item'],
    columns: {
      item: ITEM,
      name: text(['description', 'title']),
      family: text(['group', 'category', 'product_group']),
      unit: text(UNIT_NAMES),
      unit_cost: number(['price', 'cost', 'unit_price']),
      order_cost: number(['ordering_cost', 'setup_cost']),
      holding_rate: number(['carrying_rate'], { percent: true }),
      shortage_cost: number(['stockout_cost', 'penalty']),
      minimum_order: number(['moq', 'minimum_order_quantity', 'min_order']),
      pack_size: number(['pack', 'lot_size', 'multiple', 'rounding'], { above: true }),
      supplier: text(['vendor']),
      lead_time_days: number(['lead_time', 'delivery_days'], LEAD_TIME),
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
      quantity: { ...number(['stock', 'on_hand', 'qty', 'units'], required), least: -1e12 },
      site: text(SITE_NAMES),
      date: date(['counted', 'as_of', 'time']),
    },
  },
  purchases: {
    key: ['order', 'item'],
    columns: {
      order: text(['purchase_order', 'po', 'reference', 'ref'], required),
      item: ITEM,
      supplier: text(['vendor']),
      site: text(SITE_NAMES),
      quantity: number(['qty', 'ordered_quantity', 'units'], { ...required, above: true }),
      ordered: date(['order_date', 'ordered_on', 'date'], required),
      promised: date(['due', 'due_date', 'promised_on', 'confirmed']),
      received: date(['delivered', 'delivery_date', 'received_on', 'arrived']),
      received_quantity: number(['delivered_quantity', 'qty_received']),
      cancelled: date(['cancelled_on']),
    },
  },
  suppliers: {
    key: ['supplier'],
    columns: {
      supplier: text(['vendor', 'id'], required),
      name: text(['title', 'description']),
      lead_time_days: number(['lead_time', 'promised_days'], LEAD_TIME),
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

export const noSupply = (): Supply => ({
  demand: [],
  items: [],
  stock: [],
  purchases: [],
  suppliers: [],
  bom: [],
  maintenance: [],
});
