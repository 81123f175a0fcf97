/** Tables with a composite key. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  supply: ['kind', 'key'],
  edge_accounts: ['site', 'edge'],
};
/** Tables whose inserts return the generated id. */
const NUMBERED = ['attachments', 'work_orders', 'order_decisions', 'forecast_overrides', 'rollouts'];

/** Translates a statement of the tables to PostgreSQL's dialect. */
export function toPostgres(sql: string): string {
  let count = 0;
  const plain = sql
    .replace(/'[^']*'|\?/g, (part) => (part === '?' ? `$${++count}` : part))
    .replace(/INDEXED BY \w+/g, '')
    .replace(/LIMIT -1\b/g, 'LIMIT ALL')
    // A mixed-case name keeps its case only in quotation marks.
    .replace(/\bAS ([a-z]+[A-Z]\w*)/g, 'AS "$1"');
  return withReturning(withConflict(plain));
}

/** A translated statement with its values inlined. String literals need `standard_conforming_strings`. */
export function withValues(sql: string, values: readonly unknown[]): string {
  return sql.replace(/'[^']*'|\$(\d+)/g, (part, number?: string) =>
    number === undefined ? part : literal(values[Number(number) - 1]),
  );
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  // The type of a literal is inferred from its context, like that of a parameter.
  return `'${String(value).replaceAll("'", "''")}'`;
}

function withConflict(sql: string): string {
  if (/^\s*INSERT OR IGNORE/.test(sql)) return `${sql.replace('OR IGNORE ', '')} ON CONFLICT DO NOTHING`;
  const replaced = /^\s*INSERT OR REPLACE INTO (\w+) \(([^)]*)\)/.exec(sql);
  if (replaced === null) return sql;
  const [, table, list] = replaced;
  const columns = list.split(',').map((column) => column.trim());
  const keys = KEYS[table] ?? columns.slice(0, 1);
  const set = columns.filter((column) => !keys.includes(column)).map((column) => `${column} = excluded.${column}`);
  return `${sql.replace('OR REPLACE ', '')} ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${set.join(', ')}`;
}

function withReturning(sql: string): string {
  const table = /^\s*INSERT INTO (\w+)/.exec(sql)?.[1];
  return table !== undefined && NUMBERED.includes(table) ? `${sql} RETURNING id` : sql;
}
