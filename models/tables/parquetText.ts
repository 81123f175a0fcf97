import { parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { csvCell } from './csvCell.ts';
import { TableError } from './parseTable.ts';

/** Rows decoded at a time: a long file is never completely in memory as values. */
const ROWS_AT_ONCE = 65_536;
const MAGIC = 'PAR1';

/** Whether bytes are an Apache Parquet file. */
export function isParquet(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === MAGIC;
}

/**
 * The rows of a Parquet file as comma-separated values below a header: times as ISO 8601 in UTC, booleans as TRUE and
 * FALSE, nulls as empty cells.
 * @throws TableError if the file is damaged, or a column holds lists, structures or bytes.
 */
export async function parquetText(bytes: Uint8Array): Promise<Uint8Array> {
  // Only the requested parts are copied.
  const file = {
    byteLength: bytes.byteLength,
    slice: (from: number, to?: number) => new Uint8Array(bytes.subarray(from, to)).buffer,
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map((column) => column.element.name);
    const rows = Number(metadata.num_rows);
    const text = new GrowingText();
    text.add(`${names.map(csvCell).join(',')}\n`);
    for (let rowStart = 0; rowStart < rows; rowStart += ROWS_AT_ONCE) {
      const rowEnd = Math.min(rows, rowStart + ROWS_AT_ONCE);
      const onComplete = (read: unknown[][]) => text.add(linesOf(read, names), rows / rowEnd);
      await parquetRead({ file, metadata, compressors, rowStart, rowEnd, onComplete });
    }
    return text.bytes();
  } catch (error) {
    if (error instanceof TableError) throw error;
    throw new TableError(`a damaged Parquet file: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Text in a growing buffer: two copies of a long file would not fit into memory. */
class GrowingText {
  #buffer = Buffer.alloc(0);
  #length = 0;

  /** @param parts expected total length, as a multiple of this text. */
  add(text: string, parts = 1): void {
    const needed = this.#length + Buffer.byteLength(text);
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(Math.ceil(1.02 * needed * parts));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#length += this.#buffer.write(text, this.#length);
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

function linesOf(rows: readonly unknown[][], names: readonly string[]): string {
  return rows.map((row) => `${row.map((value, c) => cellOf(value, names[c])).join(',')}\n`).join('');
}

function cellOf(value: unknown, name: string): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'string':
      return csvCell(value);
    default:
      if (value === null || value === undefined) return '';
      if (value instanceof Date) return value.toISOString();
      throw new TableError(
        `column ${name} holds ${Array.isArray(value) ? 'lists' : 'structures or bytes'}, not values`,
      );
  }
}
