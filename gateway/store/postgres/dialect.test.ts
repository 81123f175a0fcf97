import { expect, test } from 'vitest';
import { toPostgres, withValues } from './dialect.ts';

test('placeholders are numbered, but not question marks in string literals', () => {
  expect(toPostgres("SELECT '?' FROM t WHERE a = ? AND b = ?")).toBe("SELECT '?' FROM t WHERE a = $1 AND b = $2");
});

test('replacing a row keeps its key, also a two-column key', () => {
  expect(toPostgres('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')).toBe(
    'INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  expect(toPostgres('INSERT OR REPLACE INTO supply (kind, key, row) VALUES (?, ?, ?)')).toMatch(
    /ON CONFLICT \(kind, key\) DO UPDATE SET row = excluded.row$/,
  );
});

test('an existing row is ignored, and a numbered one returns its id', () => {
  expect(toPostgres('INSERT OR IGNORE INTO seen_above (origin, sequence) VALUES (?, ?)')).toBe(
    'INSERT INTO seen_above (origin, sequence) VALUES ($1, $2) ON CONFLICT DO NOTHING',
  );
  expect(toPostgres('INSERT INTO work_orders (machine) VALUES (?)')).toMatch(/ RETURNING id$/);
});

test('names, limits and index hints of SQLite are translated', () => {
  expect(toPostgres('SELECT at_ms AS atMs FROM t INDEXED BY i LIMIT -1 OFFSET ?')).toBe(
    'SELECT at_ms AS "atMs" FROM t  LIMIT ALL OFFSET $1',
  );
  expect(toPostgres('CAST(a AS BIGINT)')).toBe('CAST(a AS BIGINT)');
});

test('values inlined into a statement are escaped', () => {
  const sql = toPostgres("UPDATE t SET a = ?, b = ?, c = ? WHERE d = '$1' AND e = ?");
  expect(withValues(sql, ["it's $2; DROP", null, Buffer.from([0, 255]), 5])).toBe(
    "UPDATE t SET a = 'it''s $2; DROP', b = NULL, c = '\\x00ff' WHERE d = '$1' AND e = '5'",
  );
});
