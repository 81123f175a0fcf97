/** A column's name without case, units in brackets and punctuation: `Item No.` and `item-no` are `item_no`. */
export function columnKey(cell: string): string {
  return cell
    .replace(/^\ufeff/, '')
    .toLowerCase()
    .replace(/\(.*?\)/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}
