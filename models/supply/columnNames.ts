/** Word boundaries in a camel-case name; abbreviations such as `UoM` and `MvT` are one word. */
const WORD_ENDS = /(?<=\p{L}\p{Ll}{2})(?=\p{Lu}\p{Ll}{2})/gu;

/**
 * Normalised column name, without case, accents, units in brackets and punctuation: `Item No.`, `item-no` are
 * `item_no`, and `ItemNumber` is `item_number`.
 */
export function columnKey(cell: string): string {
  return (
    cell
      .replace(/^\ufeff/, '')
      .replace(WORD_ENDS, '_')
      .toLowerCase()
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/\(.*?\)/g, ' ')
      .replace(/[^\p{L}\p{N}]+/gu, '_')
      .replace(/^_+|_+$/g, '')
      // Sage X3 numbers the parts of each field from 0.
      .replace(/(?<=\p{L})_0$/u, '')
  );
}
