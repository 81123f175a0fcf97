import { PERIOD_COLUMNS } from './calendarColumns.ts';

const words = (...lines: string[]): string[] => lines.flatMap((line) => line.split(' '));

/**
 * Names of columns in exports of ERP systems, by their keys (`columnKey`), in English, German, French, Spanish,
 * Italian, Dutch and Portuguese. If a header has several, the first one here counts: codes precede possible
 * descriptions, and ambiguous names (a row's number, an amount of money) come last.
 */
export const COLUMN_WORDS = {
  item: words(
    'item_id item_no item_number item_code itemnum itemno itemcode 2nd_item_number second_item_number matnr inventory_id',
    'part_no part_number part_num partnum part_part_num part_tran_part_num part_id part_code sku lineitem_sku product_sku material_no',
    'material_number materialnummer internal_reference product_internal_reference product_code product_id',
    'inventory_item_code invtid product_no product_number material_code itemid itno mtitno obitno itmref segment1 litm illitm sdlitm',
    'stock_code stock_item stock_no article_no article_number artikelnummer artikelnr artikel_nr artikelcode teilenummer teil_nr teilenr',
    'identnummer identnr ident_nr sachnummer art_nr mat_nr produktcode variant_code_sku catalog_no reference_article ref_article code_article code_produit',
    'produktnummer produktnr varenummer varenr nimike kod_towaru symbol_towaru indeks',
    'codigo_articulo codigo_de_articulo codigo_producto codice_articolo cod_articolo codigo_do_produto codigo_produto',
    'part material product product_service article artikel teil produkt produit articulo producto articolo prodotto produto',
    'product_service_full_name product_full_name product_variant produktvariante variante row_labels zeilenbeschriftungen product_name item_name artikelbezeichnung part_name towar vare id',
  ),
  reference: words(
    'ref document document_no document_number doc_no material_document materialbeleg belegnummer beleg voucher voucher_no',
    'invoice_no invoice_number order_reference order_no order_number auftragsnummer source_document mat_doc mat_beleg mblnr num order_line line',
    'transaction transaction_id mtridn oborno ref_nbr work_order sales_document',
  ),
  site: words(
    'plant plnt werk werks location location_code lagerortcode warehouse warehouse_code store storeloc branch branch_plant standort',
    'cwar siteid site_id inventory_org depot entrepot almacen magazzino magazijn armazem whse whlo mtwhlo obwhlo stofcy inventory_site organization_code mcu ilmcu magazyn lager',
  ),
  unit: words(
    'uom unit_of_measure unit_of_entry base_unit_of_measure basismengeneinheit basiseinheitencode basiseinheit default_unit_of_measure base_unit_of_measure_code mengeneinheit einheit einheitencode erfassme meins bun bme me stock_uom base_unit',
    'primary_uom inventory_unit stock_unit stun u_m um erfme vrkme basis_me stu trans_uom transaction_uom part_tran_um sales_unit sales_unit_symbol erfassungsmengeneinheit eun une vme verkaufsmengeneinheit',
    'enhet enhed jednostka unite unidad unita_di_misura eenheid unidade',
  ),
  date: words(
    'posted posting_date pstng_date order_date shipped ship_date shipment_date invoice_date document_date doc_date',
    'transaction_date trans_date tran_date trandate part_tran_tran_date transdate goods_issue_date actual_goods_movement_date act_gds_mvmnt_date',
    'act_gi_date trdt mttrdt obrgdt iptdat trdj iltrdj sdtrdj g_l_date gl_date date_completed completion_date completed_date purchase_date shipped_date issued_date',
    'paid_at datephysical date_physical physical_date financial_date entry_date effective_date',
    'movement_date change_date created_date delivery_date date_shipped date_used date_issued issue_date date_applied date_created datecreated created_at to_date end_date period_end',
    'physisches_datum buchungsdatum buch_dat buch_datum budat budat_mkpf belegdatum rechnungsdatum auftragsdatum lieferdatum versanddatum',
    'bewegungsdatum entnahmedatum warenausgangsdatum warenausg_datum bis_datum datum_bis datum',
    'data_wystawienia data_dokumentu data_emissao bogforingsdato bokforingsdatum dato',
    'date_expedition date_livraison date_de_livraison date_mouvement date_de_mouvement date_document date_facture',
    'fecha_de_contabilizacion fecha_contabilizacion fecha_documento fecha_del_pedido fecha_de_pedido fecha_factura fecha_movimiento fecha',
    'data_registrazione data_reg data_documento data_movimento data_ordine boekdatum boekingsdatum orderdatum factuurdatum leverdatum',
    'data_do_documento data_de_lancamento data_lancamento data time day requirement_date requirements_date reqmt_date reqmts_date bedarfstermin bedarfsdatum bis until',
    'date_entered wanted_delivery_date timestamp wadat_ist wadat fkdat audat created_on creation_date creation bestelldatum erstellt_am year_month yearmonth cal_month cal_year_month calendar_year_month',
    'bogføringsdato bokføringsdato dokumentdato bokningsdatum',
  ).concat(PERIOD_COLUMNS),
  quantity: words(
    'demand qty transaction_qty stock_qty stk_quantity qty_change qty_in_une stock_change_qty quantity_done qty_done done_quantity qty_in_un_of_entry qty_in_unit_of_entry quantity_in_base_unit menge',
    'menge_in_erfassme menge_in_erfassungsme qty_shipped quantity_shipped shipped_qty shipped_quantity qty_sold',
    'quantity_sold qty_delivered quantity_delivered delivered_qty delivered_quantity qty_invoiced invoiced_qty actual_qty ordered_qty',
    'ordered_quantity qty_ordered order_quantity quantity_ordered lineitem_quantity tran_qty trn_qty tranqty part_tran_tran_qty trans_qty trqt mttrqt oborqt qtystu iltrqt sdsoqs issued_qty',
    'quantity_issued qty_issued quantity_used qty_used used_quantity changeqty change_qty absatzmenge liefermenge auftragsmenge anzahl',
    'transaction_quantity transaction_quantity_basic_u_m trans_quantity actual_quantity inventory_quantity total_usage usage_quantity',
    'erfmg lfimg fkimg kwmeng bestellte_menge gelieferte_menge berechnete_menge trx_qty quantity_withdrawn qty_withdrawn withdrawn_quantity withdrawn_qty withdrawal_quantity entnommene_menge primary_quantity',
    'quantity_change buy_qty_due qstk total_consumption total_consumption_qty gesamtverbr consumption usage gesamtverbrauch verbrauch verbrauchsmenge entnahmemenge',
    'quantite quantite_livree quantite_facturee quantite_commandee qte qte_livree cantidad cantidad_entregada cantidad_pedida',
    'quantita qta aantal hoeveelheid quantidade qtde antal ilosc requirement_quantity reqmt_qty bedarfsmenge units unidades unites value amount sales',
  ),
  /** For stock. */
  onHand: words(
    'stock on_hand on_hand_quantity on_hand_qty inventory_on_hand qty_in_stock quantity_in_stock stock_quantity physical_inventory inventory balance_qty closing_stock',
    'labst bestandsmenge lagermenge verfugbarer_bestand quantite_disponible cantidad_a_mano giacenza_attuale saldo_menge qty_on_hand quantity_on_hand stock_on_hand qtyonhand unrestricted unrestricted_stock unrestricted_use_stock',
    'frei_verwendbar lagerbestand bestand quantite_en_stock stock_reel existencias giacenza voorraad curbal current_balance qty units',
  ),
  /** For stock: a part of a site. */
  storageLocation: words(
    'sloc stor_loc stge_loc storage_loc lgort lagerort lagerplatz lgpla storage_bin bin bin_code bin_location emplacement ubicacion ubicazione',
  ),
  batch: words('charge charg batch_no batch_number lot lot_no lot_number los partie numero_de_lot lote lotto partij'),
  purchase: words(
    'purchase_order purchase_order_no purchase_order_number po po_no po_number ponum purchasing_document purch_doc einkaufsbeleg einkbeleg eink_beleg purchid bestelling',
    'bestellnummer bestellung order_no order_number order_reference document_number document_no reference ref num id',
  ),
  bought: words(
    'qty order_quantity quantity_ordered qty_ordered orderqty ordered_quantity bestellmenge eint_menge menge quantite cantidad quantita aantal units',
  ),
  ordered: words(
    'order_date ordered_on po_date order_deadline doc_date document_date bestelldatum belegdatum belegdat orderdatum date_commande fecha_de_pedido creation_date created_date created_on date',
  ),
  promised: words(
    'due due_date promised_on confirmed confirmed_receipt_date requested_receipt_date expected_receipt_date expected_arrival expected_date promised_date promise_date need_by_date liefertermin',
    'required_by deliv_date leverdatum delivery_date lieferdatum',
  ),
  received: words('delivered received_on received_date date_received receipt_date arrived wareneingangsdatum'),
  receivedQuantity: words(
    'delivered_quantity qty_received quantity_received received_qty qty_rcvd rcv_d quantity_delivered quantity_fulfilled_received gelieferte_menge wareneingangsmenge we_menge ontvangen',
  ),
  openQuantity: words(
    'open_qty qty_open still_to_be_delivered still_to_be_deliv delivery_remainder outstanding_quantity remaining_quantity quantity_outstanding backordered',
    'noch_zu_liefern offene_menge restmenge restbestellmenge',
  ),
  description: words(
    'description title beschreibung item_description material_description bezeichnung artikelbezeichnung materialkurztext designation',
    'descripcion descrizione omschrijving descricao',
  ),
  family: words(
    'group category product_group item_group material_group item_category warengruppe artikelgruppe famille familia famiglia',
  ),
  cost: words(
    'valuation_rate cost_price purchase_price einkaufspreis ek_preis standard_cost average_cost avg_cost moving_average_cost einstandspreis cost unit_price standard_price moving_price moving_average_price',
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
    'vendor vendor_no vendor_account vendor_number buy_from_vendor_no vendor_supplying_plant primary_vendor pref_vendor supplier_no supplier_a_c kreditorennr',
    'lieferantennummer lieferantennr lieferant_lieferwerk vendor_name supplier_name preferred_vendor lieferant fournisseur proveedor fornitore leverancier',
  ),
  leadTime: words(
    'lead_time lead_time_in_days plnd_dely_time plnd_deliv_time delivery_days planned_delivery_time planned_deliv_time wiederbeschaffungszeit planlieferzeit lieferzeit',
  ),
} as const;
