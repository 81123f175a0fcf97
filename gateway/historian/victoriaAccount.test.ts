import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VictoriaHistorian } from './victoriaHistorian.ts';

test('rows are written with the configured account', async () => {
  const accounts: string[] = [];
  const server = createServer((request, response) => {
    const [, account = ''] = (request.headers.authorization ?? '').split(' ');
    accounts.push(Buffer.from(account, 'base64').toString());
    response.writeHead(204).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const passwordFile = join(mkdtempSync(join(tmpdir(), 'millwright-victoria-')), 'password');
  writeFileSync(passwordFile, 'secret\n');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { type: 'victoriametrics', url, database: 'm', username: 'millwright', passwordFile } as const;
  const historian = new VictoriaHistorian({ ...config, retentionDays: 365 }, Date.now);
  const tags = { site: 's', edge: 'e', asset: 'a', point: 'p' };
  await historian.write([{ measurement: 'millwright_features', tags, fields: { rms: 1 }, timeUs: 1000 * Date.now() }]);
  server.close();
  expect(accounts).toEqual(['millwright:secret']);
});
