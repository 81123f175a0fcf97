import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeJson } from './exchangeJson.ts';

const server = createServer((request, response) => {
  response.writeHead(request.url === '/refused' ? 409 : 200).end(Buffer.alloc(request.url === '/long' ? 1e6 : 10, 'x'));
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const get = (path: string, allowLocal = true) =>
  exchangeJson({ method: 'GET', url: url + path, headers: {}, allowLocal });

test('a message that was taken is delivered, however long the answer is; no more of it than 256 KB is kept', async () => {
  expect(await get('/')).toBe('xxxxxxxxxx');
  expect((await get('/long')).length).toBeLessThanOrEqual(256 * 1024);
});

test('another answer than 2xx, and an address of this machine that is not allowed, are errors', async () => {
  await expect(get('/refused')).rejects.toThrow('the receiver answered 409');
  await expect(get('/', false)).rejects.toThrow('allowLocal');
});
