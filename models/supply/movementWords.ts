/** What a movement of stock is to demand; null: none (receipts, transfers, counts). */
export type DemandKind = 'order' | 'shipment' | 'usage' | 'return';

/** Words of ERP systems for movements, in English and German, as parts of a cell in lower case; the first that fits. */
const WORDS: readonly [RegExp, DemandKind | null][] = [
  // Sage: goods out, returned, in; adjusted, moved, damaged and written off in and out.
  [/^go$/, 'shipment'],
  [/^gr$/, 'return'],
  [/^(gi|ai|ao|mi|mo|di|do|wo)$/, null],
  // Epicor: from stock to jobs, assemblies, maintenance and customers, and back; other pairs move or count.
  [/^stk-(mtl|asm|ukn|mnt)$/, 'usage'],
  [/^(stk|mfg)-cus$/, 'shipment'],
  [/^(mtl|asm)-stk$/, 'return'],
  [/^[a-z]{3}-[a-z]{3}$/, null],
  [/purchase|vendor|supplier|einkauf|bestellung|^bill\b|^po\b/, null],
  [/credit (memo|note)|refund|return|gutschrift|retoure|rückgabe|rücklieferung/, 'return'],
  [/sales receipt|cash sale|barverkauf/, 'shipment'],
  [/receipt|^goods in|wareneingang|zugang/, null],
  [
    /transfer|umlagerung|umbuchung|adjust|adjmt|reconcil|inventur|\bcount|opening|revalu|scrap|ausschuss|korrektur/,
    null,
  ],
  [/output|assembly build|manufacture|istmeldung|fertigmeldung/, null],
  [
    /consum|usage|issue|^goods out|stock entry|work order|production|verbrauch|entnahme|fertigungsauftrag|^abgang/,
    'usage',
  ],
  [/sales order|^order$|kundenauftrag|^auftrag$/, 'order'],
  [/sale|invoice|delivery|ship|fulfil|dispatch|verkauf|rechnung|lieferschein|warenausgang|lieferung/, 'shipment'],
];
export const OWN_WORDS = new Set(['order', 'shipment', 'usage', 'return']);

/** SAP movement types of goods issues; the next number reverses one. Sources: SAP tables T156 and T156T. */
const SAP_USAGE = [201, 221, 231, 241, 251, 261, 281, 291, 543, 961];
const SAP_SHIPMENT = [601, 621, 623, 631, 633, 641, 643];
const SAP_CUSTOMER_RETURN = [651, 653, 655, 657];

function sapMovement(code: number): DemandKind | null | undefined {
  if (SAP_USAGE.includes(code)) return 'usage';
  // Stock transfers to another plant are no demand there.
  if (SAP_SHIPMENT.includes(code)) return code === 641 || code === 643 ? null : 'shipment';
  if (SAP_CUSTOMER_RETURN.includes(code)) return 'return';
  const isReversal = [...SAP_USAGE, 601, 621, 623, 631, 633].includes(code - 1);
  if (isReversal) return 'return';
  // Types from 901 on are those that each company defines for itself.
  return code > 900 ? undefined : null;
}

/** A company's own terms for movements, in lower case; they take precedence over those of ERP systems. */
export type OwnMovements = ReadonlyMap<string, DemandKind | null>;

/** What a cell says of its movement; undefined: a word that no system here uses. */
export function movementOf(cell: string, own?: OwnMovements): DemandKind | null | undefined {
  const word = cell.trim().toLowerCase();
  const ownWord = own?.get(word);
  if (ownWord !== undefined) return ownWord;
  if (OWN_WORDS.has(word)) return word as DemandKind;
  if (/^\d{3}$/.test(word)) return sapMovement(Number(word));
  return WORDS.find(([pattern]) => pattern.test(word))?.[1];
}

const DELIVERY = /deliver|ship|fulfil|dispatch|lieferung|lieferschein|warenausgang/i;
const INVOICE = /invoice|rechnung/i;

/** Whether a list has deliveries and their invoices: the same goods twice. */
export const hasBoth = (words: ReadonlySet<string>): boolean =>
  [...words].some((word) => DELIVERY.test(word)) && [...words].some(isInvoice);

export const isInvoice = (word: string): boolean => INVOICE.test(word) && !DELIVERY.test(word);
