import { columnKey } from './columnNames.ts';
import type { DemandKind, OwnMovements } from './movementWords.ts';

const codes = (list: Record<string, DemandKind | null>): OwnMovements => new Map(Object.entries(list));

/** Movement codes with another meaning in certain systems, by a column that only exports of that system have. */
const BY_COLUMN: readonly (readonly [string, OwnMovements])[] = [
  // Dynamics in German: what others call an issue is an adjustment.
  ['postenart', codes({ abgang: null })],
  // Sage X3: receipts and issues without a document, of suppliers, to customers, from production, to production.
  ['trstyp', codes({ 1: null, 2: 'usage', 3: null, 4: 'shipment', 5: null, 6: 'usage' })],
  // Dynamics SL: invoices and memos, issues and their returns, receipts, transfers, adjustments, assemblies, counts.
  [
    'invt_mult',
    codes({
      in: 'shipment',
      dm: 'shipment',
      cm: 'return',
      ii: 'usage',
      ri: 'return',
      rc: null,
      tr: null,
      aj: null,
      as: null,
      pi: null,
    }),
  ],
];

/** The meaning of codes in the system of a header; a company's own terms take precedence. */
export function codesOfSystem(header: readonly string[], own: OwnMovements | undefined): OwnMovements | undefined {
  const keys = header.map(columnKey);
  const found = BY_COLUMN.filter(([column]) => keys.includes(column)).flatMap(([, words]) => [...words]);
  return found.length === 0 ? own : new Map([...found, ...(own ?? [])]);
}
