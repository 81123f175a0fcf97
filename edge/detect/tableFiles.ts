import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { csvCell } from '#models/tables/csvCell.ts';
import { joinByTime } from '#models/tables/joinByTime.ts';
import { isParquet, parquetText } from '#models/tables/parquetText.ts';
import { type NamedFile, readNamed, TableError } from '#models/tables/parseTable.ts';
import { isWorkbook, parseWorkbook } from '#models/tables/parseWorkbook.ts';

const TABLE = /\.(csv|tsv|txt|parquet|xlsx|xlsm)(\.gz)?$/i;
/** Limit on the header's length; beyond it the files are compared as a whole. */
const HEADER_BYTES = 65_536;
/** Limit on unpacked size: a small archive may expand without bound. */
const MAX_UNPACKED_BYTES = 2 ** 31 - 1;

/**
 * The table files that paths name, as separated values: files as given, and those of a folder in the order of their
 * names (`day-2` before `day-10`). Gzip is unpacked; Parquet and workbooks are converted. Text files are read lazily,
 * one after the other.
 * @throws TableError if a path cannot be read, or a folder holds no table.
 */
export async function readTableFiles(paths: readonly string[]): Promise<NamedFile[]> {
  return Promise.all(paths.flatMap(filesOf).map(tableFile));
}

/**
 * As `readTableFiles`; with a time column, files of different columns are joined by time.
 * @param say receives how they were joined.
 * @throws TableError also if they cannot be.
 */
export async function readJoinedFiles(
  paths: readonly string[],
  { timeColumn, separator, joinWithin }: { timeColumn?: string; separator?: string; joinWithin?: number },
  info: (line: string) => void,
): Promise<readonly NamedFile[]> {
  const files = await readTableFiles(paths);
  if (timeColumn === undefined) {
    if (joinWithin !== undefined) throw new TableError('--join-within: needs --time-column');
    return files;
  }
  return hasSameColumns(files) ? files : joinByTime(files, { timeColumn, separator, within: joinWithin }, info);
}

/**
 * Files to judge against labels: each by itself, or joined by time if only one has the labels.
 * @throws TableError as `readJoinedFiles`.
 */
export async function readLabelledFiles(
  paths: readonly string[],
  options: { label: string; timeColumn?: string; separator?: string; joinWithin?: number },
  info: (line: string) => void,
): Promise<readonly NamedFile[]> {
  const files = await readTableFiles(paths);
  const labelled = files.filter((file) => headerOf(file, options.separator).includes(options.label));
  return files.length > 1 && labelled.length === 1 ? readJoinedFiles(paths, options, info) : files;
}

/** A file's column names, without reading a long file as a whole. @throws TableError that names the file. */
export function headerOf({ name, bytes }: NamedFile, separator?: string): string[] {
  const end = bytes.length <= HEADER_BYTES ? bytes.length : bytes.lastIndexOf(10, HEADER_BYTES) + 1 || HEADER_BYTES;
  const first = { name, bytes: bytes.subarray(0, end) };
  return readNamed(
    first,
    separator,
    () => undefined,
    ({ rows }) => rows[0].map((cell) => cell.trim()),
  );
}

/** Whether the first lines are the same, without reading long files as a whole. */
function hasSameColumns(files: readonly NamedFile[]): boolean {
  const first = files.map(
    ({ bytes }) => Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('latin1').split('\n')[0],
  );
  return first.every((line) => line.trim() === first[0].trim());
}

function filesOf(path: string): string[] {
  if (!readable(path, () => statSync(path)).isDirectory()) return [path];
  const natural = new Intl.Collator('en', { numeric: true }).compare;
  const names = readable(path, () => readdirSync(path)).filter((name) => TABLE.test(name));
  if (names.length === 0) throw new TableError(`${path}: no file that ends in .csv, .tsv, .txt, .parquet or .xlsx`);
  return names.sort(natural).map((name) => join(path, name));
}

async function tableFile(name: string): Promise<NamedFile> {
  if (!/\.(parquet|xlsx|xlsm)(\.gz)?$/i.test(name))
    return {
      name,
      get bytes() {
        return contentOf(name);
      },
    };
  const bytes = contentOf(name);
  try {
    if (isParquet(bytes)) return { name, bytes: await parquetText(bytes) };
    return { name, bytes: isWorkbook(bytes) ? sheetText(bytes) : bytes };
  } catch (error) {
    throw error instanceof TableError ? new TableError(`${name}: ${error.message}`) : error;
  }
}

function sheetText(bytes: Uint8Array): Uint8Array {
  const lines = parseWorkbook(bytes).rows.map((cells) => cells.map(csvCell).join(','));
  return Buffer.from(`${lines.join('\n')}\n`);
}

function contentOf(name: string): Uint8Array {
  const bytes = readable(name, () => readFileSync(name));
  if (!/\.gz$/i.test(name)) return bytes;
  return readable(name, () => gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }));
}

function readable<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new TableError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
