import { expect, test } from 'vitest';
import { toPostgres, withValues } from './dialect.ts';

test('values are numbered, but not question marks in texts', () => {
  expect(toPostgres("SELECT '?' FROM t WHERE a = ? AND b = ?")).toBe("SELECT '?' FROM t WHERE a = $1 AND b = $2");
});

test('a replaced row keeps its key, also one of two columns', () => {
  expect(toPostgres('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')).toBe(
    'INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  expect(toPostgres('INSERT OR REPLACE INTO supply (kind, key, row) VALUES (?, ?, ?)')).toMatch(
    /ON CONFLICT \(kind, key\) DO UPDATE SET row = excluded.row$/,
  );
});

test('a known row is ignored, and a numbered one tells its number', () => {
  expect(toPostgres('INSERT OR IGNORE INTO seen_above (origin, sequence) VALUES (?, ?)')).toBe(
    'INSERT INTO seen_above (origin, sequence) VALUES ($1, $2) ON CONFLICT DO NOTHING',
  );
  expect(toPostgres('INSERT INTO work_orders (machine) VALUES (?)')).toMatch(/ RETURNING id$/);
});

test('names, limits and hints of SQLite', () => {
  expect(toPostgres('SELECT at_ms AS atMs FROM t INDEXED BY i LIMIT -1 OFFSET ?')).toBe(
    'SELECT at_ms AS "atMs" FROM t  LIMIT ALL OFFSET $1',
  );
  expect(toPostgres('CAST(a AS BIGINT)')).toBe('CAST(a AS BIGINT)');
});

test('values written into a statement stay values', () => {
  const sql = toPostgres("UPDATE t SET a = ?, b = ?, c = ? WHERE d = '$1' AND e = ?");
  expect(withValues(sql, ["it's $2; DROP", null, Buffer.from([0, 255]), 5])).toBe(
    "UPDATE t SET a = 'it''s $2; DROP', b = NULL, c = '\\x00ff' WHERE d = '$1' AND e = '5'",
  );
});
