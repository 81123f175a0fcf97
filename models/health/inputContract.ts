import { headerUnit, unitConversion } from '#models/tables/headerUnit.ts';
import { namesShown } from '#models/tables/parseTable.ts';

/** A table lacks the columns that a model was trained on. */
export class ContractError extends RangeError {}

/** Value columns of a table: their names, or null without a header; and their number. */
export interface Columns {
  names: readonly string[] | null;
  width: number;
}

/** A table's column matched to one of the model's: model's value = scale × value + offset. */
export interface MatchedColumn {
  column: number;
  scale: number;
  offset: number;
}

const AS_IT_IS = { scale: 1, offset: 0 };

/** A row of the table in the model's columns and units. */
export function matchedRow(row: ArrayLike<number>, columns: readonly MatchedColumn[]): number[] {
  return columns.map(({ column, scale, offset }) =>
    scale === 1 && offset === 0 ? row[column] : scale * row[column] + offset,
  );
}

/**
 * The table's column for each of the model's. Named columns are matched by name in any order, and converted to the
 * model's unit if both headers state one (`temp [degF]`). Unnamed columns are matched by position, only if the model
 * was trained on the same number without names.
 * @throws ContractError that names every column that is missing, unknown, duplicated, or in an incompatible unit.
 */
export function matchColumns(trained: Columns, found: Columns): MatchedColumn[] {
  if (trained.names === null) {
    if (found.names !== null)
      throw new ContractError(
        `the model was trained on a table without a header (${trained.width} columns by position); columns called ${namesShown(found.names)} cannot be matched to it`,
      );
    if (found.width !== trained.width)
      throw new ContractError(`rows of ${found.width} sensors; the model was trained on ${trained.width}`);
    return Array.from({ length: trained.width }, (_, column) => ({ column, ...AS_IT_IS }));
  }
  if (found.names === null)
    throw new ContractError(
      `the table has no header; the model was trained on columns called ${namesShown(trained.names)}`,
    );
  const { names } = found;
  const columns = trained.names.map((name) => columnOf(name, names));
  const usedColumns = new Set(columns);
  const problems = [
    ['no column', trained.names.filter((_, i) => columns[i] < 0)],
    ['unknown column', names.filter((name, c) => !usedColumns.has(c) && names.indexOf(name) === c)],
    ['twice there is', names.filter((name, c) => names.indexOf(name) !== c)],
  ] as const;
  const wrong = problems.flatMap(([what, which]) => (which.length > 0 ? [`${what} ${namesShown(which)}`] : []));
  if (wrong.length > 0)
    throw new ContractError(`${wrong.join('; ')}; the model was trained on ${namesShown(trained.names)}`);
  return trained.names.map((name, i) => ({ column: columns[i], ...conversionOf(names[columns[i]], name) }));
}

/** The column of this name, else the only one with the same name in another unit; −1 if there is none. */
function columnOf(trainedName: string, names: readonly string[]): number {
  const exact = names.indexOf(trainedName);
  if (exact >= 0) return exact;
  const { name } = headerUnit(trainedName);
  const same = names.map((_, c) => c).filter((c) => headerUnit(names[c]).name === name);
  return same.length === 1 ? same[0] : -1;
}

/** @throws ContractError if only one header states a unit, or the units cannot be converted. */
function conversionOf(found: string, trained: string): Omit<MatchedColumn, 'column'> {
  if (found === trained) return AS_IT_IS;
  const [here, there] = [headerUnit(found), headerUnit(trained)];
  const conversion = here.unit !== null && there.unit !== null ? unitConversion(here.unit, there.unit) : null;
  if (conversion) return conversion;
  throw new ContractError(
    `${here.name} is in ${here.unit ?? 'an unstated unit'}; the model was trained on it in ${there.unit ?? 'an unstated unit'}: state a unit of the same kind in both headers, such as "${here.name} [${there.unit ?? here.unit}]"`,
  );
}
