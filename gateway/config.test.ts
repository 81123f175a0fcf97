import { expect, test } from 'vitest';
import { gatewayConfigSchema } from './config.ts';

const base = { dataDirectory: 'd', broker: { url: 'mqtt://127.0.0.1' }, api: { host: '127.0.0.1', port: 1 } };
const faultsOf = (settings: object) => {
  const read = gatewayConfigSchema.safeParse({ ...base, ...settings });
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const postgres = { type: 'postgres', url: 'postgres://millwright@db/millwright' };
const historian = { type: 'influx', url: 'http://127.0.0.1:8086' };

test('gateways that share a database cannot use a series file or an embedded broker', () => {
  expect(faultsOf({ store: postgres, historian })).toEqual([]);
  expect(faultsOf({ store: postgres, historian: { type: 'victoriametrics', url: 'http://127.0.0.1:8428' } })).toEqual(
    [],
  );
  expect(faultsOf({ store: postgres, embeddedBroker: {} })).toEqual([
    expect.stringMatching(/^historian\.type: influx or victoriametrics, because/),
    expect.stringMatching(/^embeddedBroker: none, because/),
  ]);
  expect(faultsOf({ embeddedBroker: {} })).toEqual([]);
});

test('a password in the database address is refused', () => {
  expect(faultsOf({ store: { ...postgres, url: 'postgres://millwright:secret@db/m' }, historian })).toEqual([
    expect.stringContaining('name a passwordFile'),
  ]);
});

test('a broker defaults to MQTT; NATS has its own accounts', () => {
  expect(gatewayConfigSchema.parse(base).broker.type).toBe('mqtt');
  const broker = { type: 'nats', servers: ['nats://n1:4222', 'tls://n2:4222'] };
  expect(faultsOf({ broker, store: postgres, historian })).toEqual([]);
  expect(faultsOf({ broker, embeddedBroker: {}, brokerAccounts: {} })).toEqual([
    expect.stringMatching(/^embeddedBroker: none, because broker\.type is nats/),
    expect.stringMatching(/^brokerAccounts: none, because broker\.type is nats/),
  ]);
  expect(faultsOf({ broker: { ...broker, servers: ['nats://gateway:secret@n1'] } })).toEqual([
    expect.stringContaining('name a passwordFile'),
  ]);
  expect(faultsOf({ broker: { url: 'nats://n1' } })).toEqual([expect.stringMatching(/^broker\.url: /)]);
});

test('a gateway whose broker requires accounts needs its own', () => {
  const brokerAccounts = { enrolment: {} };
  const own = { username: 'gateway', passwordFile: 'f' };
  expect(faultsOf({ brokerAccounts })).toEqual([
    expect.stringMatching(/^broker\.username: the account of the gateway/),
    expect.stringMatching(/^broker\.passwordFile: the account of the gateway/),
  ]);
  expect(faultsOf({ broker: { ...base.broker, ...own }, brokerAccounts })).toEqual([]);
});
