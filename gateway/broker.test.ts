import { connect } from 'node:net';
import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { startBroker } from './broker.ts';
import { aclText, covers, passwordText } from './brokerAccess.ts';
import { checkBroker, findTestAccount, testAccounts } from './brokerChecks.ts';
import { gatewayConfigSchema } from './config.ts';

checkBroker('the embedded broker', async () => {
  const broker = await startBroker('127.0.0.1', 0, findTestAccount());
  return { url: `mqtt://127.0.0.1:${broker.port}`, close: () => broker.close() };
});

test('a client id in use is not taken over by another account; its own account may connect anew', async () => {
  const broker = await startBroker('127.0.0.1', 0, findTestAccount());
  const connectAs = (username: string) =>
    mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      username,
      password: username,
      clientId: 'one',
      reconnectPeriod: 0,
    });
  const first = await connectAs('gateway');
  const ended = new Promise((resolve) => first.once('close', () => resolve(null)));
  await expect(connectAs('machines')).rejects.toThrow(/Identifier rejected/);
  expect([first.connected, broker.refused]).toEqual([true, 1]);
  const second = await connectAs('gateway');
  await ended;
  await expect(connectAs('machines')).rejects.toThrow(/Identifier rejected/);
  await second.endAsync();
  await (await connectAs('machines')).endAsync();
  await broker.close();
});

test('a client that has not signed in may send at most a megabyte; a signed-in client may send more', async () => {
  const broker = await startBroker('127.0.0.1', 0, findTestAccount());
  const socket = connect(broker.port, '127.0.0.1').on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  // A CONNECT of 256 MB.
  socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
  for (let i = 0; i < 4; i++) socket.write(Buffer.alloc(1024 * 1024));
  await closed;
  expect(broker.refused).toBe(1);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const client = await mqtt.connectAsync(url, { username: 'machines', password: 'machines' });
  await client.publishAsync('plant/a', Buffer.alloc(3 * 1024 * 1024), { qos: 1 });
  await client.endAsync();
  await broker.close();
});

test.each([
  ['plant/#', 'plant/a/b', true],
  ['plant/#', 'plant', true],
  ['plant/+', 'plant/a', true],
  ['plant/+', 'plant/a/b', false],
  ['plant/+', 'plant/#', false],
  ['plant/a', 'plant/+', false],
  ['plant/+/x', 'plant/+/x', true],
  ['#', '$SYS/broker', false],
  ['a/b', 'a', false],
])('%s covers %s: %s', (filter, requested, expected) => {
  expect(covers([filter], requested)).toBe(expected);
});

test('the files for Mosquitto contain the permissions of each account, but no password', () => {
  const accounts = testAccounts();
  expect(passwordText(accounts)).toMatch(/^gateway:\$7\$10000\$[^$]+\$[^$]+\nnorth\.edge-1:\$7\$/);
  expect(passwordText(accounts)).not.toBe(passwordText(accounts));
  expect(aclText(accounts)).toContain('user south\ntopic write millwright/v1/south/edge-1/status\n');
});

test('accounts that could impersonate others are refused', () => {
  const broker = { url: 'mqtt://h', username: 'gateway', passwordFile: 'f' };
  const parse = (brokerAccounts: object) =>
    gatewayConfigSchema.safeParse({ dataDirectory: 'd', broker, brokerAccounts }).success;
  const machine = { username: 'm', passwordFile: 'f', publishes: ['plant/#'] };
  expect(parse({ machines: [machine] })).toBe(true);
  expect(parse({ machines: [machine, machine] })).toBe(false);
  for (const topic of ['#', '+/v1/north/edge-1/status', 'millwright/v1/north/edge-1/status', 'plant\ntopic write #'])
    expect(parse({ machines: [{ ...machine, publishes: [topic] }] }), topic).toBe(false);
  expect(parse({ edges: [{ site: 'a/b', edge: 'e', passwordFile: 'f' }] })).toBe(false);
  expect(parse({ edges: [{ site: '+', edge: 'e', passwordFile: 'f' }] })).toBe(false);
});
