import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import {
  type ClientAlarm,
  type ClientAlarmList,
  type ClientSession,
  DataType,
  installAlarmMonitoring,
  OPCUACertificateManager,
  OPCUAClient,
  UserTokenType,
} from 'node-opcua';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { alertMessage } from '../../simulators/endToEnd/alertMessage.ts';
import { startMillwright } from '../../simulators/endToEnd/services.ts';
import { until } from '../../simulators/endToEnd/until.ts';
import { freePort } from '../../simulators/freePort.ts';
import { IdentityStore } from '../identity/identityStore.ts';
import { type RunningAlarmServer, startAlarmServer } from './alarmServer.ts';

const PASSWORD = 'correct horse battery';
const TOKEN = 'f3b1c9d27a604e5f8b7d0c1e2a394857';

/** A gateway with accounts, its OPC UA alarm server, and clients that sign in with those accounts. */
describe('alerts over OPC UA', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-opcua-alarms-'));
  const stops: (() => Promise<unknown>)[] = [];
  let url: string;
  let gatewayProcess: ReturnType<typeof startMillwright>;
  let server: RunningAlarmServer;
  let edge: MqttClient;
  let operator: ClientSession;
  let alarms: ClientAlarmList;
  let sequence = 0;

  beforeAll(async () => {
    const [port, brokerPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    await addAccounts(join(directory, 'data'));
    writeFileSync(join(directory, 'token'), TOKEN);
    const config = {
      dataDirectory: join(directory, 'data'),
      broker: { url: `mqtt://127.0.0.1:${brokerPort}` },
      embeddedBroker: { port: brokerPort },
      api: { port, accounts: {}, tokens: [{ name: 'opc ua', role: 'viewer', tokenFile: join(directory, 'token') }] },
    };
    writeFileSync(join(directory, 'gateway.yaml'), JSON.stringify(config));
    gatewayProcess = startMillwright(directory, 'gateway', ['gateway', join(directory, 'gateway.yaml')]);
    stops.push(() => ended(gatewayProcess));
    await until(isReady, 30_000);
    server = await startAlarmServer({
      gateway: url,
      tokenFile: join(directory, 'token'),
      dataDirectory: join(directory, 'opcua'),
      host: '127.0.0.1',
      port: await freePort(),
      anonymous: false,
      trustClients: true,
    });
    stops.push(() => server.stop());
    edge = await mqtt.connectAsync(`mqtt://127.0.0.1:${brokerPort}`);
    stops.push(() => edge.endAsync(true));
    operator = await connect('ann');
    alarms = await installAlarmMonitoring(operator);
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const isReady = () =>
    fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );

  async function connect(userName: string): Promise<ClientSession> {
    const client = OPCUAClient.create({
      endpointMustExist: false,
      clientCertificateManager: new OPCUACertificateManager({ rootFolder: join(directory, 'client') }),
    });
    await client.connect(`opc.tcp://127.0.0.1:${server.port}`);
    stops.push(() => client.disconnect());
    return client.createSession({ type: UserTokenType.UserName, userName, password: PASSWORD });
  }

  const send = (asset: string, change: Partial<Parameters<typeof alertMessage>[0]> = {}) =>
    edge.publishAsync(
      `millwright/v1/plant/e1/alerts/${asset}`,
      JSON.stringify(alertMessage({ sequence: ++sequence, asset, ...change })),
      { qos: 1 },
    );

  async function stored(asset: string): Promise<AlertRecord> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return (await fetch(`${url}/api/v1/alerts/plant.e1.${asset}`, { headers })).json() as Promise<AlertRecord>;
  }

  /** Waits until the condition of a machine is as expected. */
  async function condition(asset: string, is: (alarm: ClientAlarm) => boolean): Promise<ClientAlarm> {
    const of = () => [...alarms.alarms()].find((a) => a.conditionId.toString().includes(`/${asset}/`));
    await until(() => {
      const alarm = of();
      return alarm !== undefined && is(alarm);
    }, 20_000);
    return of() as ClientAlarm;
  }

  const retained = (alarm: ClientAlarm) => alarm.getRetain();
  const field = (alarm: ClientAlarm, name: string): unknown => {
    const { value } = alarm.getField(name) ?? {};
    return (value as { text?: string } | null)?.text ?? value;
  };

  test('an alert is a condition of its machine; clients acknowledge, comment and confirm it in their name', async () => {
    await send('pump-1', { severity: 'critical' });
    const alarm = await condition('pump-1', retained);
    expect(field(alarm, 'message')).toBe('pump-1 fails');
    expect(field(alarm, 'severity')).toBe(800);
    expect(field(alarm, 'sourceName')).toBe('pump-1');
    const { conditionId } = alarm;
    expect(String(await operator.acknowledgeCondition(conditionId, alarm.eventId, 'on my way'))).toContain('Good');
    await until(async () => (await stored('pump-1')).state === 'acknowledged', 10_000);
    expect(await stored('pump-1')).toMatchObject({ acknowledgedBy: 'ann', comment: 'on my way' });
    const acked = await condition('pump-1', (a) => field(a, 'comment') === 'on my way');
    expect(String(await operator.addCommentCondition(conditionId, acked.eventId, 'bearing is hot'))).toContain('Good');
    await until(async () => (await stored('pump-1')).comment === 'bearing is hot', 10_000);
    const noted = await condition('pump-1', (a) => field(a, 'comment') === 'bearing is hot');
    expect(String(await operator.confirmCondition(conditionId, noted.eventId, 'bearing replaced'))).toContain('Good');
    await until(async () => (await stored('pump-1')).state === 'normal', 10_000);
    expect((await stored('pump-1')).finding).toMatchObject({ finding: 'confirmed', by: 'ann' });
    await condition('pump-1', (a) => !retained(a));
  });

  test('shelving works in both directions; actions on the page are events', async () => {
    await send('pump-2');
    const { conditionId } = await condition('pump-2', retained);
    const shelvingId = `${conditionId}-ShelvingState`;
    const shelve = (method: string, durationMs?: number) =>
      operator.call({
        objectId: shelvingId,
        methodId: `${shelvingId}-${method}`,
        inputArguments: durationMs === undefined ? [] : [{ dataType: DataType.Double, value: durationMs }],
      });
    expect(String((await shelve('TimedShelve', 8 * 86_400_000)).statusCode)).toContain('BadShelvingTimeOutOfRange');
    expect(String((await shelve('TimedShelve', 600_000)).statusCode)).toContain('Good');
    expect(await stored('pump-2')).toMatchObject({ state: 'shelved', shelved: { by: 'ann' } });
    expect(String((await shelve('Unshelve')).statusCode)).toContain('Good');
    expect((await stored('pump-2')).state).toBe('unacknowledged');
    await send('pump-2', { change: 'return' });
    await until(async () => (await stored('pump-2')).state === 'returned_unacknowledged', 10_000);
    const returned = await condition('pump-2', (a) => field(a, 'activeState') === 'Inactive');
    expect(retained(returned)).toBe(true);
  });

  test('a client without permission, or with an outdated event, changes nothing', async () => {
    await send('pump-3');
    const { conditionId, eventId } = await condition('pump-3', retained);
    const viewer = await connect('vic');
    const refused = await viewer.acknowledgeCondition(conditionId, eventId, 'x');
    expect(String(refused)).toContain('BadUserAccessDenied');
    const stale = await operator.acknowledgeCondition(conditionId, Buffer.alloc(16, 7), 'x');
    expect(String(stale)).toContain('BadEventIdUnknown');
    expect((await stored('pump-3')).state).toBe('unacknowledged');
    await expect(connect('nobody')).rejects.toThrow(/BadUserAccessDenied|BadIdentityTokenRejected/);
  });

  test('a late client gets the active alerts, and the server reconnects to a restarted gateway', async () => {
    gatewayProcess.kill('SIGTERM');
    await condition('pump-3', (a) => String(field(a, 'quality')).includes('BadNoCommunication'));
    gatewayProcess = startMillwright(directory, 'gateway', ['gateway', join(directory, 'gateway.yaml')]);
    await until(isReady, 30_000);
    await condition('pump-3', (a) => String(field(a, 'quality')).includes('Good'));
    const late = await installAlarmMonitoring(await connect('ann'));
    const active = () => [...late.alarms()].filter(retained).map((a) => field(a, 'sourceName'));
    await until(() => active().length === 2, 10_000);
    expect(active().sort()).toEqual(['pump-2', 'pump-3']);
  });
});

async function addAccounts(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const identities = new IdentityStore(directory, Date.now);
  for (const [name, role] of [
    ['ann', 'operator'],
    ['vic', 'viewer'],
    ['root', 'administrator'],
  ] as const) {
    await identities.addAccount({ name, role, sites: null });
    await identities.choosePassword(name, PASSWORD);
  }
  identities.close();
}

async function ended(process: ReturnType<typeof startMillwright>): Promise<void> {
  const exit = new Promise<void>((resolve) => process.once('exit', () => resolve()));
  process.kill('SIGTERM');
  await exit;
}
