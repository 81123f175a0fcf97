import { namesShown } from '#models/tables/parseTable.ts';

/** A table does not have the columns that a model was trained on. */
export class ContractError extends RangeError {}

/** Value columns of a table: their names, or null where it has no header; and how many there are. */
export interface Columns {
  names: readonly string[] | null;
  width: number;
}

/**
 * The table's column for each of the model's. Named columns are matched by name, in any order; columns without names by
 * position, and only where the model was trained without names on as many.
 * @throws ContractError that names every column that is missing, unknown or there twice, and those of the training.
 */
export function matchColumns(trained: Columns, found: Columns): number[] {
  if (trained.names === null) {
    if (found.names !== null)
      throw new ContractError(
        `the model was trained on a table without a header (${trained.width} columns by position); columns called ${namesShown(found.names)} cannot be matched to it`,
      );
    if (found.width !== trained.width)
      throw new ContractError(`rows of ${found.width} sensors; the model was trained on ${trained.width}`);
    return Array.from({ length: trained.width }, (_, c) => c);
  }
  if (found.names === null)
    throw new ContractError(
      `the table has no header; the model was trained on columns called ${namesShown(trained.names)}`,
    );
  const { names } = found;
  const known = new Set(trained.names);
  const problems = [
    ['no column', trained.names.filter((name) => !names.includes(name))],
    ['unknown column', names.filter((name) => !known.has(name))],
    ['twice there is', names.filter((name, c) => names.indexOf(name) !== c)],
  ] as const;
  const wrong = problems.flatMap(([what, which]) => (which.length > 0 ? [`${what} ${namesShown(which)}`] : []));
  if (wrong.length > 0)
    throw new ContractError(`${wrong.join('; ')}; the model was trained on ${namesShown(trained.names)}`);
  return trained.names.map((name) => names.indexOf(name));
}
