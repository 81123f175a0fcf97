/** Kind of demand of a stock movement; null: not demand (receipts, transfers, counts). */
export type DemandKind = 'order' | 'shipment' | 'usage' | 'return';

/**
 * Words for movements in ERP systems, in English, German, French, Spanish, Italian, Dutch and Portuguese, as parts of a
 * cell in lower case; the first match counts.
 */
const WORDS: readonly [RegExp, DemandKind | null][] = [
  // Sage: goods out, returned, in; adjusted, moved, damaged and written off in and out.
  [/^go$/, 'shipment'],
  [/^gr$/, 'return'],
  [/^(gi|ai|ao|mi|mo|di|do|wo)$/, null],
  // QAD: issues to sales orders, to work orders and unplanned; other issues and receipts move, count or come from vendors.
  [/^iss-(so|fas)$/, 'shipment'],
  [/^iss-(wo|unp)$/, 'usage'],
  [/^rct-(so|rma)$/, 'return'],
  [/^(iss|rct|cyc|tag|ord|cst|cn)-[a-z]+$/, null],
  // Epicor: from stock to jobs, assemblies, maintenance and customers, and back; other pairs move or count.
  [/^stk-(mtl|asm|ukn|mnt)$/, 'usage'],
  [/^(stk|mfg|kit)-cus$/, 'shipment'],
  [/^(mtl|asm)-stk$/, 'return'],
  [/^[a-z]{3}-[a-z]{3}$/, null],
  // JD Edwards: material and inventory issued, sales invoiced; received, transferred, adjusted, completed, counted.
  [/^(im|ii)$/, 'usage'],
  [/^ri$/, 'shipment'],
  [/^co$/, 'return'],
  [/^(ov|it|ia|ic|ir|pi)$/, null],
  // Sage 100: sales orders, distinguished from unshipped orders by their signs; sold without an order, issued to
  // products and work orders; receipts.
  [/^so$/, 'order'],
  [/^(is|ps)$/, 'shipment'],
  [/^(bi|wi)$/, 'usage'],
  [/^(br|wr|po)$/, null],
  // Lawson: shipments; requisitions and customers' returns; receipts, adjustments, what goes back to a vendor.
  [/^sh$/, 'shipment'],
  [/^(rr|cr)$/, 'return'],
  [/^(rc|rt|aj|vi)$/, null],
  // IFS: issues to shop, work and material requisition orders; what came back, arrived, was made, moved or counted.
  [/^oeship$/, 'shipment'],
  [/^(soiss|woiss|niss|bacflush)$/, 'usage'],
  [/^(souniss|wouniss|uniss|nuniss|oeret.*)$/, 'return'],
  [/^(arrival|oorec|(invm|count)-(in|out)|invscrap)$/, null],
  // Syspro, Macola: issues, sales; receipts, transfers, adjustments, costs, counts.
  [/^i$/, 'usage'],
  [/^s$/, 'shipment'],
  [/^[rtacp]$/, null],
  // Polish documents: goods and internal issues; receipts of both kinds, moves.
  [/^wz\b/, 'shipment'],
  [/^rw\b/, 'usage'],
  [/^(pz|pw|mm)\b/, null],
  // Goods issues and receipts in the texts of SAP: to orders and deliveries, for scrap.
  [/^(wa|gi)\b.*(scrap|verschrott)/, null],
  [/^(wa|gi|gd)\b.*(delivery|lieferung)/, 'shipment'],
  [/^(wa|gi)\b/, 'usage'],
  [/^(we|gr)\b./, null],
  [/estimate|^quot|proposal|angebot|devis|presupuesto|offerte|preventivo|or[çc]amento/, null],
  [/purchase|vendor|supplier|einkauf|bestellung|^bill\b|^po\b/, null],
  [/achat|fournisseur|compra|proveedor|acquisto|fornitore|fornecedor|inkoop|leverancier/, null],
  [/credit (memo|note)|refund|return|gutschrift|retoure|rückgabe|rücklieferung|rechnungskorrektur/, 'return'],
  [/^avoir|retour|devoluci|devoluc|^abono|nota (de |di )?cr[ée]dito|^reso\b|creditnota|creditfactuur/, 'return'],
  [/\brma\b.*receipt/, 'return'],
  [/sales receipt|sales (order )?issue|cash sale|barverkauf/, 'shipment'],
  [
    /receipt|receiv|restock|replenish|check(ed)?[ -]?in\b|^goods in|eingang|^pick(ed)?$|put ?away|wareneingang|zugang|inleverans|varemottak/,
    null,
  ],
  [/r[ée]ception|entr[ée]e|entrada|recepci|^carico|ontvangst/, null],
  [
    /transfer|umlagerung|umbuchung|adjust|adjmt|reconcil|inventur|\bcount|stock ?(take|check)|^none$|opening|revalu|scrap|write[- ]?off|ausschuss|korrektur|^moved?$/,
    null,
  ],
  [/transfert|inventaire|r[ée]gularisation|rebut|traspaso|ajuste|inventario|merma|trasferimento|rettifica/, null],
  [/transfer[eê]ncia|invent[aá]rio|correctie|telling|verplaatsing/, null],
  [/output|assembly build|manufacture|istmeldung|fertigmeldung/, null],
  [
    /consum|usage|\bused\b|withdraw|check(ed)?[ -]?out|issue|^goods out|stock entry|work order|production|verbrauch|entnahme|fertigungsauftrag|^(lager|material)?(abgang|ausgang)|uttag|forbrug|förbrukning/,
    'usage',
  ],
  [/verkooporder|pedido de ven(ta|da)|commande client|ordine (cliente|di vendita)/, 'order'],
  [/^vente|^factur|livraison|exp[ée]dition|^venta|albar[aá]n|entrega|^vend|^fattura|spedizione|consegna/, 'shipment'],
  [/^salg|^försälj/, 'shipment'],
  [/^k(ø|jø|ö)[bp]/, null],
  [/verkoop|factuur|^levering|pakbon|verzending|^fatura/, 'shipment'],
  [/sortie|consommation|salida|scarico|prelievo|verbruik|uitgifte|afgifte|^sa[ií]da/, 'usage'],
  [/sales order|customer order|^order$|kundenauftrag|^auftrag$/, 'order'],
  [
    /sale|invoice|delivery|ship|fulfil|d[ie]spatch|verkauf|artikelausführung|auslieferung|rechnung|lieferschein|warenausgang|lieferung/,
    'shipment',
  ],
];
export const OWN_WORDS = new Set(['order', 'shipment', 'usage', 'return']);

/** SAP movement types of goods issues; the next number reverses one. Sources: SAP tables T156 and T156T. */
const SAP_USAGE = [201, 221, 231, 241, 251, 261, 281, 291, 543, 961];
const SAP_SHIPMENT = [601, 621, 623, 631, 633, 641, 643];
const SAP_CUSTOMER_RETURN = [651, 653, 655, 657];

function sapMovement(code: number): DemandKind | null | undefined {
  if (SAP_USAGE.includes(code)) return 'usage';
  // Stock transfers to another plant are not demand.
  if (SAP_SHIPMENT.includes(code)) return code === 641 || code === 643 ? null : 'shipment';
  if (SAP_CUSTOMER_RETURN.includes(code)) return 'return';
  const isReversal = [...SAP_USAGE, 601, 621, 623, 631, 633].includes(code - 1);
  if (isReversal) return 'return';
  // Types from 901 on are defined by each company.
  return code > 900 ? undefined : null;
}

/** A company's own terms for movements, in lower case; they take precedence over those of ERP systems. */
export type OwnMovements = ReadonlyMap<string, DemandKind | null>;

/** The kind of movement of a cell; undefined: unknown word. */
export function movementOf(cell: string, own?: OwnMovements): DemandKind | null | undefined {
  const word = cell.trim().toLowerCase();
  const overriddenKind = own?.get(word);
  if (overriddenKind !== undefined) return overriddenKind;
  if (OWN_WORDS.has(word)) return word as DemandKind;
  const code = SAP_CODE.exec(word);
  if (code) return sapMovement(Number(code[1] ?? code[2]));
  const b1 = BUSINESS_ONE.exec(word);
  if (b1) return BUSINESS_ONE_DOCUMENTS.get(b1[1]);
  const text = word.replace(LEADING_NUMBER, '');
  return WORDS.find(([pattern]) => pattern.test(text))?.[1];
}

/** An SAP movement type, alone or with its text: `261`, `261 (GI for order)`, `261 - …`, `GI for order (261)`. */
const SAP_CODE = /^(\d{3})(?:\s*[-–:(].*)?$|\((\d{3})\)$/;
/** The number of a type before its text, as in Infor M3: `31-Customer order`. */
const LEADING_NUMBER = /^\d{1,2}\s*[-–:]\s*(?=\p{L})/u;
/** SAP Business One prefixes document numbers with the document kind: the origin codes of its transactions. */
const BUSINESS_ONE = /^([a-z]{2}) \d+$/;
const BUSINESS_ONE_DOCUMENTS: ReadonlyMap<string, DemandKind | null> = new Map([
  ['dn', 'shipment'],
  ['in', 'shipment'],
  ['re', 'return'],
  ['cn', 'return'],
  ['so', 'usage'],
  ...['pd', 'pu', 'pr', 'pc', 'si', 'im', 'pw', 'mr', 'st', 'ob'].map((word) => [word, null] as const),
]);

const DELIVERY =
  /deliver|ship|fulfil|d[ie]spatch|lieferung|lieferschein|warenausgang|livraison|exp[ée]dition|albar[aá]n|entrega|consegna|spedizione|\bddt\b|levering|pakbon/i;
const INVOICE = /invoice|rechnung|factur|fattura|fatura|factuur/i;

/** Whether a list has both deliveries and their invoices: the same goods twice. */
export const hasBoth = (words: ReadonlySet<string>): boolean =>
  [...words].some((word) => DELIVERY.test(word)) && [...words].some(isInvoice);

/** Whether a word for a movement means an invoice and not a delivery. */
export const isInvoice = (word: string): boolean => INVOICE.test(word) && !DELIVERY.test(word);
