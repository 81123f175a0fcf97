import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { clientOptions } from './clientOptions.ts';

const directory = mkdtempSync(join(tmpdir(), 'millwright-pg-'));
const file = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
const url = 'postgres://millwright@db.plant:5433/plant%201';

test.each(['plain', 'p:a/s@s w?o#r%d', '100%25'])(
  'the client signs in with the password from the file: %s',
  (password) => {
    const client = new pg.Client(
      clientOptions({ url, passwordFile: file('password', `${password}\n`), answerMs: 1000 }),
    );
    expect(client).toMatchObject({ user: 'millwright', password, host: 'db.plant', port: 5433, database: 'plant 1' });
  },
);

test('with a certificate authority it uses TLS and verifies the server', () => {
  const passwordFile = file('other', 'x');
  const options = clientOptions({ url, passwordFile, caFile: file('ca.pem', 'a certificate'), answerMs: 1000 });
  expect(options.ssl).toEqual({ ca: 'a certificate' });
  expect((new pg.Client(options) as unknown as { ssl: unknown }).ssl).toEqual({ ca: 'a certificate' });
});
