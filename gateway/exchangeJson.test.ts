import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeJson, isLocalAddress } from './exchangeJson.ts';

const server = createServer((request, response) => {
  if (request.url === '/elsewhere') return response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
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

test('an accepted message counts as delivered however long the response is; at most 256 KB of it is kept', async () => {
  expect(await get('/')).toBe('xxxxxxxxxx');
  expect((await get('/long')).length).toBeLessThanOrEqual(256 * 1024);
});

test('a status other than 2xx and a forbidden local address are errors', async () => {
  await expect(get('/refused')).rejects.toThrow('the receiver responded with 409');
  await expect(get('/', false)).rejects.toThrow('allowLocal');
});

test('redirects are not followed', async () => {
  await expect(get('/elsewhere')).rejects.toThrow('the receiver responded with 302');
});

test.each([
  'http://localhost',
  'http://2130706433',
  'http://0x7f.1',
  'http://0177.0.0.1',
  'http://127.1',
  'http://0',
  'http://[::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:0.0.0.0]',
  'http://[64:ff9b::169.254.169.254]',
  'http://169.254.169.254',
  'http://[fe80::1]',
  'http://user:secret@127.0.0.1',
])('%s is an address of this machine, however it is written', async (address) => {
  const { port } = server.address() as AddressInfo;
  const exchange = exchangeJson({ method: 'GET', url: `${address}:${port}/`, headers: {}, allowLocal: false });
  await expect(exchange).rejects.toThrow('allowLocal');
});

test.each(['10.0.0.5', '192.168.1.1', '93.184.216.34', 'fd12::1', '2606:2800::1', '::ffff:10.0.0.5'])(
  '%s is allowed: plant networks use such addresses',
  (address) => {
    expect(isLocalAddress(address)).toBe(false);
  },
);
