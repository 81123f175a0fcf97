import { PERIOD_COLUMNS } from './calendarColumns.ts';

const words = (...lines: string[]): string[] => lines.flatMap((line) => line.split(' '));

/**
 * Names of columns in exports of ERP systems, by their keys (`columnKey`), in English, German, French, Spanish, Italian,
 * Dutch and Portuguese. Of several that stand in a header the first one here counts: codes stand before what may be a
 * description, and what may mean something else (a row's number, an amount of money) last.
 */
export const COLUMN_WORDS = {
  item: words(
    'item_id item_no item_number item_code itemnum itemno itemcode 2nd_item_number second_item_number matnr inventory_id',
    'part_no part_number part_num partnum part_partnum parttran_partnum sku lineitem_sku product_sku material_no',
    'material_number materialnummer internal_reference product_internal_reference product_code product_id',
    'stock_code article_no article_number artikelnummer artikelnr artikel_nr artikelcode teilenummer teil_nr teilenr',
    'identnummer identnr ident_nr sachnummer art_nr mat_nr produktcode reference_article ref_article code_article code_produit',
    'codigo_articulo codigo_de_articulo codigo_producto codice_articolo cod_articolo codigo_do_produto codigo_produto',
    'part material product product_service article artikel teil produkt produit articulo producto articolo prodotto produto',
    'product_name item_name artikelbezeichnung part_name id',
  ),
  reference: words(
    'ref document document_no document_number doc_no material_document materialbeleg belegnummer beleg voucher voucher_no',
    'invoice_no invoice_number order_reference order_no order_number auftragsnummer source_document mat_doc mat_beleg mblnr num order_line line',
    'transaction transaction_id work_order sales_document',
  ),
  site: words(
    'plant plnt werk werks location location_code lagerortcode warehouse warehouse_code store storeloc branch branch_plant standort',
    'depot entrepot almacen magazzino magazijn',
  ),
  unit: words(
    'uom unit_of_measure unit_of_entry base_unit_of_measure basismengeneinheit mengeneinheit einheit einheitencode erfassme meins bun bme me stock_uom base_unit',
    'trans_uom transaction_uom parttran_um unite unidad unita_di_misura eenheid unidade',
  ),
  date: words(
    'posted posting_date pstng_date order_date shipped ship_date shipment_date invoice_date document_date doc_date',
    'transaction_date trans_date tran_date trandate parttran_trandate transdate physical_date financial_date entry_date effective_date',
    'delivery_date date_shipped date_used date_issued issue_date date_applied date_created datecreated created_at to_date',
    'buchungsdatum buch_dat buch_datum budat budat_mkpf belegdatum rechnungsdatum lieferdatum auftragsdatum versanddatum',
    'bewegungsdatum entnahmedatum bis_datum datum_bis datum',
    'date_expedition date_livraison date_de_livraison date_mouvement date_de_mouvement date_document date_facture',
    'fecha_de_contabilizacion fecha_contabilizacion fecha_documento fecha_del_pedido fecha_de_pedido fecha_factura fecha_movimiento fecha',
    'data_registrazione data_documento data_movimento data_ordine boekdatum boekingsdatum orderdatum factuurdatum leverdatum',
    'data_do_documento data_de_lancamento data_lancamento data time day',
  ).concat(PERIOD_COLUMNS),
  quantity: words(
    'demand qty quantity_done qty_done done_quantity qty_in_un_of_entry qty_in_unit_of_entry quantity_in_base_unit menge',
    'menge_in_erfassme menge_in_erfassungsme qty_shipped quantity_shipped shipped_qty shipped_quantity qty_sold',
    'quantity_sold qty_delivered quantity_delivered delivered_qty delivered_quantity qty_invoiced invoiced_qty actual_qty ordered_qty',
    'ordered_quantity qty_ordered order_quantity quantity_ordered lineitem_quantity tran_qty tranqty parttran_tranqty trans_qty issued_qty',
    'quantity_issued quantity_used qty_used used_quantity changeqty change_qty absatzmenge liefermenge auftragsmenge anzahl',
    'transaction_quantity transaction_quantity_basic_u_m trans_quantity actual_quantity inventory_quantity total_usage usage_quantity',
    'total_consumption consumption usage gesamtverbrauch verbrauch verbrauchsmenge entnahmemenge',
    'quantite quantite_livree quantite_facturee quantite_commandee qte qte_livree cantidad cantidad_entregada cantidad_pedida',
    'quantita qta aantal hoeveelheid quantidade qtde units value amount sales',
  ),
  /** Of a stock. */
  onHand: words(
    'stock on_hand qty_on_hand quantity_on_hand stock_on_hand qtyonhand unrestricted unrestricted_stock unrestricted_use_stock',
    'frei_verwendbar lagerbestand bestand quantite_en_stock stock_reel existencias giacenza voorraad curbal current_balance qty units',
  ),
  /** Of a stock: a part of a site. */
  storageLocation: words(
    'sloc stor_loc stge_loc storage_loc lgort lagerort lagerplatz lgpla storage_bin bin bin_code bin_location emplacement ubicacion ubicazione',
  ),
  batch: words('charge charg batch_no batch_number lot lot_no lot_number los partie numero_de_lot lote lotto partij'),
  purchase: words(
    'purchase_order purchase_order_no purchase_order_number po po_no po_number ponum purchasing_document purch_doc einkaufsbeleg',
    'bestellnummer bestellung order_no order_number order_reference document_number document_no reference ref',
  ),
  bought: words(
    'qty order_quantity quantity_ordered qty_ordered orderqty ordered_quantity bestellmenge menge quantite cantidad quantita aantal units',
  ),
  ordered: words(
    'order_date ordered_on po_date order_deadline doc_date document_date bestelldatum belegdatum orderdatum date_commande fecha_de_pedido date',
  ),
  promised: words(
    'due due_date promised_on confirmed expected_receipt_date expected_arrival expected_date promised_date promise_date need_by_date liefertermin',
    'delivery_date lieferdatum',
  ),
  received: words('delivered received_on received_date date_received receipt_date arrived wareneingangsdatum'),
  description: words(
    'description title item_description material_description bezeichnung artikelbezeichnung materialkurztext designation',
    'descripcion descrizione omschrijving descricao',
  ),
  family: words(
    'group category product_group item_group material_group item_category warengruppe artikelgruppe famille familia famiglia',
  ),
  cost: words(
    'standard_cost average_cost avg_cost moving_average_cost einstandspreis cost unit_price standard_price moving_price moving_average_price',
    'price standardpreis gleitender_durchschnittspreis gleitender_preis bewertungspreis stprs verpr preis cout_unitaire prix_unitaire costo_unitario coste_unitario kostprijs',
  ),
  priceUnit: words(
    'price_per peinh preiseinheit preis_pro per pro je unite_de_prix unidad_de_precio unita_di_prezzo prijseenheid',
  ),
  minimumOrder: words(
    'moq minimum_order_quantity minimum_order_qty min_order min_order_qty minimum_lot_size mindestbestellmenge',
  ),
  pack: words('pack lot_size multiple rounding rounding_value order_multiple verpackungseinheit rundungswert'),
  supplier: words(
    'vendor vendor_name supplier_name preferred_vendor lieferant fournisseur proveedor fornitore leverancier',
  ),
  leadTime: words(
    'lead_time delivery_days planned_delivery_time planned_deliv_time wiederbeschaffungszeit planlieferzeit lieferzeit',
  ),
} as const;
