import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { brokerClient } from './brokerConnection.ts';

test('a refused CONNACK is not final, and a changed password is used at the next attempt', {
  tags: 'slow',
}, async () => {
  const passwordFile = join(mkdtempSync(join(tmpdir(), 'millwright-broker-')), 'password');
  writeFileSync(passwordFile, 'the old one\n');
  // Server unavailable, then not authorised, then accepted.
  const codes = [3, 5, 0];
  const connects: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (packet) => {
      connects.push(packet.toString('latin1'));
      const code = codes[connects.length - 1];
      if (code === 5) writeFileSync(passwordFile, 'the new one\n');
      socket.write(Buffer.from([0x20, 2, 0, code]));
      if (code !== 0) socket.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const broker = { url, protocol: '3.1.1', username: 'edge', passwordFile } as const;
  const client = brokerClient(url, broker, { clientId: 'c' }, pino({ level: 'silent' }));
  const connected = new Promise<void>((done) => client.on('connect', () => done()));
  client.on('error', () => undefined);
  client.connect();
  await connected;
  expect(connects.map((packet) => /the (old|new) one/.exec(packet)?.[1])).toEqual(['old', 'old', 'new']);
  await client.endAsync(true);
  await new Promise((done) => server.close(done));
});

test('a client that is ended while connecting does not reconnect', { tags: 'slow' }, async () => {
  let connections = 0;
  // The server never answers: neither CONNACK nor refusal precedes the end.
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = brokerClient(url, { url, protocol: '3.1.1' }, { clientId: 'c' }, pino({ level: 'silent' }));
  client.on('error', () => undefined);
  client.connect();
  await new Promise((done) => server.once('connection', done));
  await client.endAsync(true);
  // Twice the first delay.
  await new Promise((done) => setTimeout(done, 2000));
  expect(connections).toBe(1);
  expect(client.reconnecting).toBe(false);
  await new Promise((done) => server.close(done));
});
