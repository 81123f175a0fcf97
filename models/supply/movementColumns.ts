const words = (...lines: string[]): string[] => lines.flatMap((line) => line.split(' '));

/** Columns that identify a movement in ERP systems, by their keys (`columnKey`). */
export const MOVEMENT_COLUMNS = {
  kind: words(
    'kind movement_type goods_movement_type mvt mvt_type bewegungsart bwa bwart entry_type postenart voucher_type',
    'transaction_type trans_type tran_type trantype part_tran_tran_type trn_type stock_transaction_type change_type issue_type issuetype',
    'document_type doc_type doc_ty belegart belegtyp type movement mvt_type_text buchungsart buchungstyp',
    'bewegungstyp vorgang vorgangsart transaktionsart transaction_code trans_code tran_code transaction_type_name kind_of_transaction',
    'ildct sddcto mtttyp dct trstyp ttyp typ tipo tipo_documento tipo_de_documento type_piece',
    'typ_dokumentu transaktionstyp posttype bevegelsestype rorelsetyp soort documentsoort zu_abgang bewegung',
    'mvt_text movement_type_text bewegungsartentext transaction_description transaction_source_type transaction',
    'type_de_mouvement type_mouvement mouvement tipo_de_movimiento tipo_movimiento tipo_movimento tipo_de_movimento',
    'causale causale_magazzino transactietype mutatietype soort_mutatie belegkennzeichen descr_causale vch_type bewegungstext last_action kost',
  ),
  from: words('from source_location from_location location_from location_id location_id_complete_name von desde de da'),
  to: words(
    'to destination_location to_location location_to location_dest_id location_dest_id_complete_name nach hacia a para',
  ),
  status: words(
    'status state order_status invoice_status document_status doc_status line_status statut estado stato issue_status issue objstate',
    'financial_status',
  ),
  /** Marks cancelled movements. */
  cancelled: words(
    'is_cancelled is_canceled cancelled canceled storniert storno voided cancelled_at canceled_at cancelled_on stornodatum',
  ),
  /** Kind of order that a movement was for. */
  origin: words('order_origin ref_type koor origin_type auftragsherkunft'),
  /** Whether an unsigned quantity was received or issued. */
  sign: words(
    'debit_credit debit_credit_ind debit_credit_indicator debit_credit_code shkzg s_h soll_haben soll_haben_kennz direction richtung in_out inventory_multiplier inv_mult invt_mult',
  ),
  out: words(
    'out_qty qty_out issue_qty quantity_out out issues issued issued_qty total_issues total_issue_quantities',
    'total_issue_qties issue_quantity abgang abgaenge abgange summe_abgange summe_abgangsmengen summe_der_abgangsmengen',
    'abgangsmenge sorties sortie quantite_sortie salidas salida scarico qta_scarico scarichi uscita uscite uitgaand outwards_quantity outward_quantity outwards',
  ),
  in: words(
    'in_qty qty_in receipt_qty quantity_in in receipts total_receipts total_receipt_quantities total_receipt_qties',
    'receipt_quantity zugang zugange summe_zugange summe_zugangsmengen summe_der_zugangsmengen zugangsmenge',
    'entrees entree quantite_entree entradas entrada carico qta_carico carichi entrata entrate inkomend inwards_quantity inward_quantity inwards',
  ),
} as const satisfies Record<string, readonly string[]>;
export type MovementColumn = keyof typeof MOVEMENT_COLUMNS;
