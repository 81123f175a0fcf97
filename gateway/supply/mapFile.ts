import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Shell } from '#models/configuration/shell.ts';
import { type KnownMapping, proposeMap } from '#models/supply/proposeMap.ts';
import { readSupply } from '#models/supply/readSupply.ts';
import {
  MAPPED_KINDS,
  type MappedKind,
  mappableNames,
  type SupplyMap,
  supplyMapSchema,
} from '#models/supply/supplyMap.ts';
import { type SupplyTable, supplyTableNames } from '#models/supply/supplyTables.ts';
import { tableOf } from './importSupply.ts';
import { mapFileName, mapText } from './mapFiles.ts';

export interface MapOptions {
  table?: SupplyTable;
  set: readonly string[];
  movement: readonly string[];
  fiscalYear: readonly string[];
  fiscalPattern: NonNullable<SupplyMap['fiscalYears']>['pattern'];
  dates?: 'dmy' | 'mdy';
  decimal?: '.' | ',';
  sheet?: string;
  out?: string;
  replace?: true;
}

const PREVIEWED = 100;

/**
 * Proposes a mapping for an export, previews its first rows, and writes the map for later imports.
 * @throws TableError if the file is not a table, or its rows cannot be read with the map.
 */
export function mapFile(file: string, options: MapOptions, shell: Shell): void {
  const table = options.table ?? tableNamed(file);
  const out = options.out ?? join(dirname(file), mapFileName(table));
  if (existsSync(out) && !options.replace) throw shell.usage(`${out} already exists: overwrite it with --replace`);
  const given = tableOf(shell.bytes(file), options.sheet);
  const { map, guesses, questions } = proposeMap(table, given, columnValues(options, table, shell));
  const checked = supplyMapSchema.safeParse(map);
  if (!checked.success)
    throw shell.usage(checked.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'));
  for (const [name, column] of Object.entries(map.columns)) shell.info(`${name}: ${column}`);
  for (const [word, kind] of Object.entries(map.movements ?? {})) shell.info(`movement ${word}: ${kind}`);
  for (const guess of guesses) shell.info(`guessed: ${guess}`);
  for (const question of questions) shell.info(`to be decided: ${question}`);
  writeFileSync(out, mapText(map));
  shell.info(`${out} is written; change it there, or with --set, --movement, --dates and --decimal`);
  if (questions.length > 0) throw shell.failure(`${questions.length} questions are open: the map cannot be used yet`);
  const { rows, notes } = readSupply(table, given, { map });
  for (const note of notes) shell.info(note);
  for (const line of previewOf(rows.slice(0, PREVIEWED))) shell.write(line);
  shell.info(`${file}: ${rows.length} rows of ${table}`);
}

/** The table that a file name starts with; demand by default. */
function tableNamed(file: string): SupplyTable {
  return supplyTableNames.find((name) => basename(file).toLowerCase().startsWith(name)) ?? 'demand';
}

function columnValues(o: MapOptions, table: SupplyTable, shell: Shell): KnownMapping {
  const pairs = (given: readonly string[], option: string) =>
    Object.fromEntries(
      given.map((text) => {
        const at = text.indexOf('=');
        if (at < 1 || at === text.length - 1) throw shell.usage(`${option} ${text}: NAME=VALUE is needed`);
        return [text.slice(0, at), text.slice(at + 1)];
      }),
    );
  const columns = pairs(o.set, '--set');
  const unknownNames = Object.keys(columns).filter((name) => !mappableNames(table).includes(name));
  if (unknownNames.length > 0)
    throw shell.usage(`--set ${unknownNames[0]}: allowed are ${mappableNames(table).join(', ')}`);
  const movements = pairs(o.movement, '--movement');
  for (const [word, kind] of Object.entries(movements))
    if (!MAPPED_KINDS.includes(kind as MappedKind))
      throw shell.usage(`--movement ${word}=${kind}: allowed are ${MAPPED_KINDS.join(', ')}`);
  const begins = pairs(o.fiscalYear, '--fiscal-year');
  const thousands = o.decimal === ',' ? '.' : ',';
  return {
    columns,
    movements: movements as Record<string, MappedKind>,
    dates: o.dates,
    sheet: o.sheet,
    ...(o.decimal && { numbers: { decimal: o.decimal, thousands } }),
    ...(o.fiscalYear.length > 0 && { fiscalYears: { pattern: o.fiscalPattern, begins } }),
  };
}

/** Formats rows in aligned columns, below their names. */
function previewOf(rows: readonly Readonly<Record<string, string | number | undefined>>[]): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  return cells.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]))
      .join('  ')
      .trimEnd(),
  );
}
