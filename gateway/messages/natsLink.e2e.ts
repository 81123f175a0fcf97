import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkNatsConfiguration, hasNats, type NatsServer, startNats } from '#simulators/endToEnd/natsServer.ts';
import { until } from '#simulators/endToEnd/until.ts';
import type { NatsBroker } from '../config.ts';
import { checkNats } from '../doctor/checkNats.ts';
import { NatsLink } from './natsLink.ts';
import { ACK_WAIT_MS } from './natsStreams.ts';
import { publishOnNats } from './publishOnNats.ts';

const WAIT_MS = 20_000;
const log = pino({ level: 'silent' });
/** Permissions of gateways and an edge as in docs/guides/scale.md. */
const ACCOUNTS = `authorization {
  users: [
    { user: gateway, password: "a password" }
    { user: edge, password: "another", permissions: {
      publish: ["millwright.v1.s.e.>"]
      subscribe: ["millwright.v1.s.e.cmd.>", "$MQTT.sub.>"]
    } }
  ]
}`;

interface Received {
  topic: string;
  text: string;
  settle: (isDone: boolean) => void;
}

describe.skipIf(!hasNats())('a real nats-server', () => {
  const stops: (() => Promise<unknown>)[] = [];
  let server: NatsServer;
  let broker: NatsBroker;
  let edge: MqttClient;
  const edgeMessages: { topic: string; text: string }[] = [];

  /** A gateway's link and what it received. Each message is settled at once, unless `takes` is false. */
  function open(name: string, { takes = true } = {}) {
    const received: Received[] = [];
    const flow = { isFull: false };
    const link = new NatsLink(
      broker,
      name,
      {
        received(topic, payload, settle) {
          received.push({ topic, text: payload.toString(), settle });
          if (takes) settle(true);
        },
        isFull: () => flow.isFull,
      },
      log,
    );
    stops.push(() => link.stop());
    link.start();
    const texts = () => received.filter(({ topic }) => !topic.endsWith('/status')).map(({ text }) => text);
    return { link, received, texts, flow };
  }
  const connectEdge = async (clientId: string) => {
    const client = await mqtt.connectAsync(server.mqttUrl, {
      clientId,
      username: 'edge',
      password: 'another',
      reconnectPeriod: 0,
      will: { topic: 'millwright/v1/s/e/status', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    client.on('error', () => undefined);
    return client;
  };
  const send = (kind: string, text: string) => edge.publishAsync(`millwright/v1/s/e/${kind}`, text, { qos: 1 });

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-nats-'));
    [server] = await startNats(directory, 1, ACCOUNTS);
    const passwordFile = join(directory, 'password');
    writeFileSync(passwordFile, 'a password\n');
    broker = {
      type: 'nats',
      servers: [server.url],
      username: 'gateway',
      passwordFile,
      replicas: 1,
      maxMegabytes: 100,
      maxHours: 1,
    };
    const first = open('first');
    await until(async () => first.link.connected, WAIT_MS);
    await first.link.stop();
    edge = await connectEdge('e1');
    edge.on('message', (topic, payload) => edgeMessages.push({ topic, text: payload.toString() }));
    await edge.subscribeAsync(
      ['ack', 'do', 'piece'].map((what) => `millwright/v1/s/e/cmd/${what}`),
      { qos: 1 },
    );
  });
  afterAll(async () => {
    edge?.end(true);
    for (const stop of stops.reverse()) await stop();
    await server?.process.end('SIGKILL');
  });

  test('messages sent while no gateway was connected are delivered once, to one of two', async () => {
    const sent = Array.from({ length: 500 }, (_, i) => `m${i}`);
    await Promise.all(sent.map((text) => send('features/a/p', text)));
    const [a, b] = [open('a'), open('b')];
    await until(async () => a.texts().length + b.texts().length >= 500, WAIT_MS);
    await Promise.all([send('health/a', 'h'), send('evidence/x', 'x'), send('ledger', 'l'), send('want', 'w')]);
    await until(async () => a.texts().length + b.texts().length >= 504, WAIT_MS);
    await Promise.all([a.link.stop(), b.link.stop()]);
    expect([...a.texts(), ...b.texts()].toSorted()).toEqual([...sent, 'h', 'x', 'l', 'w'].toSorted());
    // Everything is acknowledged: nothing is left for a third.
    const c = open('c');
    await until(async () => c.link.connected, WAIT_MS);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await c.link.stop();
    expect(c.texts()).toEqual([]);
  });

  test('a gateway keeps a message while it works on it; if the gateway ends, another one gets it', async () => {
    const working = open('working', { takes: false });
    await until(async () => working.link.connected, WAIT_MS);
    await send('alerts/a', 'one');
    await until(async () => working.texts().length === 1, WAIT_MS);
    const heir = open('heir');
    await until(async () => heir.link.connected, WAIT_MS);
    await new Promise((resolve) => setTimeout(resolve, 2 * ACK_WAIT_MS));
    expect([working.texts(), heir.texts()]).toEqual([['one'], []]);
    await working.link.stop();
    const stoppedMs = performance.now();
    await until(async () => heir.texts().length === 1, WAIT_MS);
    expect(performance.now() - stoppedMs).toBeLessThan(2 * ACK_WAIT_MS);
    expect(heir.texts()).toEqual(['one']);
    await heir.link.stop();
  });

  test('a message that could not be stored is redelivered', async () => {
    const one = open('one', { takes: false });
    await until(async () => one.link.connected, WAIT_MS);
    await send('alerts/a', 'one');
    await until(async () => one.texts().length === 1, WAIT_MS);
    one.received[one.received.length - 1].settle(false);
    await until(async () => one.texts().length === 2, WAIT_MS);
    one.received[one.received.length - 1].settle(true);
    await one.link.stop();
  });

  test('back-pressure: a full gateway stops reading', async () => {
    const one = open('one');
    await until(async () => one.link.connected, WAIT_MS);
    one.flow.isFull = true;
    for (let i = 0; i < 20; i++) await send('alerts/a', `f${i}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(one.texts()).toEqual(['f0']);
    one.flow.isFull = false;
    one.link.resume();
    await until(async () => one.texts().length === 20, WAIT_MS);
    await one.link.stop();
  });

  test('every gateway gets the latest state of each edge, and the will of one that died', async () => {
    const states = ({ received }: { received: Received[] }) =>
      received.filter(({ topic }) => topic === 'millwright/v1/s/e/status').map(({ text }) => text);
    const dying = await connectEdge('e2');
    for (const text of ['old', 'online'])
      await dying.publishAsync('millwright/v1/s/e/status', text, { qos: 1, retain: true });
    const both = [open('a'), open('b')];
    await until(async () => both.every((one) => states(one).length === 1), WAIT_MS);
    dying.stream.destroy();
    await until(async () => both.every((one) => states(one).length === 2), WAIT_MS);
    expect(both.map(states)).toEqual([
      ['online', 'offline'],
      ['online', 'offline'],
    ]);
    await Promise.all(both.map(({ link }) => link.stop()));
  });

  test('commands and acknowledgements reach their edge', async () => {
    const { link } = open('one');
    await expect(link.publish('millwright/v1/s/e/cmd/do', '{}')).rejects.toThrow('disconnected');
    await until(async () => link.connected, WAIT_MS);
    link.publishUnconfirmed('millwright/v1/s/e/cmd/ack', 'ack');
    await link.publish('millwright/v1/s/e/cmd/do', 'do');
    link.publishUnconfirmed('millwright/v1/s/other/cmd/ack', 'not for this one');
    await publishOnNats(broker, 'millwright/v1/s/e/cmd/piece', 'piece');
    await until(async () => edgeMessages.length >= 3, WAIT_MS);
    expect(edgeMessages).toEqual(
      ['ack', 'do', 'piece'].map((what) => ({ topic: `millwright/v1/s/e/cmd/${what}`, text: what })),
    );
    await link.stop();
  });

  test('an edge publishes only under its own name', async () => {
    const { link, texts } = open('one');
    await until(async () => link.connected, WAIT_MS);
    const stranger = await connectEdge('e3');
    await stranger.publishAsync('millwright/v1/s/other/alerts/a', 'forged', { qos: 1 }).catch(() => undefined);
    await send('alerts/a', 'own');
    await until(async () => texts().length > 0, WAIT_MS);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(texts()).toEqual(['own']);
    stranger.end(true);
    await link.stop();
  });

  test('the link reconnects to a killed server, which still has the messages it acknowledged', async () => {
    const { link, texts } = open('one');
    await until(async () => link.connected, WAIT_MS);
    await server.process.crash();
    await until(async () => link.connected, WAIT_MS);
    edge = await connectEdge('e1');
    await until(async () => {
      await send('alerts/a', 'after').catch(() => undefined);
      return texts().includes('after');
    }, WAIT_MS);
    await link.stop();
  });

  test('the configuration of scale.compose.yaml is valid with any characters in a password', () => {
    const file = fileURLToPath(new URL('../nats/nats.conf', import.meta.url));
    const env = { NATS_NAME: 'n', NATS_GATEWAY: '"12e45"', NATS_EDGE: '"0x7f"', NATS_MACHINES: '"true"' };
    expect(checkNatsConfiguration(file, env)).toMatchObject({ isSound: true });
    expect(checkNatsConfiguration(file, { ...env, NATS_EDGE: '12e45' })).toMatchObject({ isSound: false });
  });

  test('the doctor reaches it, and reports an old version', async () => {
    const findings = await checkNats(broker);
    expect(findings[0]).toMatchObject({ state: 'ok', text: expect.stringContaining('its streams exist') });
    const refused = await checkNats({ ...broker, username: 'nobody' });
    expect(refused[0]).toMatchObject({ state: 'fault', text: expect.stringMatching(/authorization/i) });
  });
});
