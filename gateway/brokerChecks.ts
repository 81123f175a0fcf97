import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountsOf, type BrokerAccount } from './brokerAccess.ts';
import { gatewayConfigSchema } from './config.ts';

const WAIT_MS = 300;

/** Accounts of two sites with one edge each, machines and a planner; each password is the name of its file. */
export function testAccounts(): BrokerAccount[] {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-accounts-'));
  const passwordFile = (name: string) => {
    writeFileSync(join(directory, name), `${name}\n`);
    return join(directory, name);
  };
  const config = gatewayConfigSchema.parse({
    dataDirectory: directory,
    broker: { url: 'mqtt://127.0.0.1', username: 'gateway', passwordFile: passwordFile('gateway') },
    brokerAccounts: {
      edges: [
        { site: 'north', edge: 'edge-1', passwordFile: passwordFile('north'), receives: ['plant/#'] },
        { site: 'south', edge: 'edge-1', username: 'south', passwordFile: passwordFile('south') },
      ],
      machines: [{ username: 'machines', passwordFile: passwordFile('machines'), publishes: ['plant/#'] }],
      planners: [{ username: 'erp', passwordFile: passwordFile('erp') }],
    },
  });
  return accountsOf(config);
}

/** The same accounts, as the embedded broker looks them up. */
export function findTestAccount(): (username: string) => BrokerAccount | undefined {
  const accounts = testAccounts();
  return (username) => accounts.find((account) => account.username === username);
}

/** Check suite for every broker that enforces accounts, including real servers. */
export function checkBroker(name: string, open: () => Promise<{ url: string; close(): Promise<void> }>): void {
  describe(name, () => {
    let broker: { url: string; close(): Promise<void> };
    const clients: MqttClient[] = [];
    const connect = async (username: string, password: string) => {
      const client = await mqtt.connectAsync(broker.url, {
        username,
        password,
        reconnectPeriod: 0,
        protocolVersion: 4,
      });
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    };
    /** Topics that a listener receives of those that a client publishes, each on its own connection. */
    const arrives = async (listener: [string, string, string], sender: [string, string], topics: string[]) => {
      const received: string[] = [];
      const client = await connect(listener[0], listener[1]);
      client.on('message', (topic) => received.push(topic));
      await client.subscribeAsync(listener[2], { qos: 1 });
      for (const topic of topics) (await connect(...sender)).publish(topic, 'x', { qos: 1 });
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      return received.toSorted();
    };
    beforeAll(async () => {
      broker = await open();
    });
    afterAll(async () => {
      for (const client of clients) client.end(true);
      await broker.close();
    });

    test('an edge publishes under its own site and name alone', { tags: 'slow' }, async () => {
      const own = ['millwright/v1/north/edge-1/health/pump', 'millwright/v1/north/edge-1/status'];
      const others = [
        'millwright/v1/south/edge-1/health/pump',
        'millwright/v1/north/edge-2/health/pump',
        'millwright/v1/south/edge-1/status',
      ];
      const sender: [string, string] = ['north.edge-1', 'north'];
      expect(await arrives(['gateway', 'gateway', 'millwright/v1/+/+/health/#'], sender, [...own, ...others])).toEqual([
        own[0],
      ]);
      expect(await arrives(['gateway', 'gateway', 'millwright/v1/+/+/status'], sender, [...own, ...others])).toEqual([
        own[1],
      ]);
    });

    test('commands come from the gateway, and reach their edge alone', { tags: 'slow' }, async () => {
      const command = 'millwright/v1/south/edge-1/cmd/do';
      const listener: [string, string, string] = ['south', 'south', 'millwright/v1/south/edge-1/cmd/#'];
      expect(await arrives(listener, ['gateway', 'gateway'], [command])).toEqual([command]);
      expect(await arrives(listener, ['north.edge-1', 'north'], [command])).toEqual([]);
      expect(await arrives(listener, ['south', 'south'], [command])).toEqual([]);
      const spy: [string, string, string] = ['north.edge-1', 'north', 'plant/#'];
      expect(await arrives(spy, ['machines', 'machines'], ['plant/pump', 'millwright/v1/north/edge-1/status'])).toEqual(
        ['plant/pump'],
      );
    });

    test('nobody signs in without the right password', async () => {
      for (const [username, password] of [
        ['south', 'north'],
        ['nobody', 'south'],
        ['', ''],
      ])
        await expect(connect(username, password), username).rejects.toThrow();
    });
  });
}
