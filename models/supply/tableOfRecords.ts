import { type Table, TableError } from '#models/tables/parseTable.ts';

/** JSON records, or a single one, as a table whose lines are their numbers. @throws TableError if the value is neither. */
export function tableOfRecords(given: unknown): Table {
  const alone = typeof given === 'object' && given !== null && !Array.isArray(given) && Object.keys(given).length > 0;
  const records = alone ? [given] : given;
  if (!Array.isArray(records) || records.length === 0) throw new TableError('a list of records is needed');
  const names = new Set<string>();
  records.forEach((record, i) => {
    if (typeof record !== 'object' || record === null || Array.isArray(record))
      throw new TableError(`record ${i + 1}: an object is needed`);
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === 'object' && value !== null)
        throw new TableError(`record ${i + 1}: ${name} is neither a text nor a number`);
      names.add(name);
    }
  });
  const header = [...names];
  const cellsOf = (record: Record<string, unknown>) =>
    header.map((name) => (record[name] === null || record[name] === undefined ? '' : String(record[name])));
  return {
    rows: [header, ...records.map(cellsOf)],
    lines: [0, ...records.map((_, i) => i + 1)],
    separator: ',',
    numbers: { decimal: '.', thousands: null },
    notes: [],
  };
}
