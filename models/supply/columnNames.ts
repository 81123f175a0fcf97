/** A column's name without case, accents, units in brackets and punctuation: `Item No.` and `item-no` are `item_no`. */
export function columnKey(cell: string): string {
  return cell
    .replace(/^\ufeff/, '')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/\(.*?\)/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}
