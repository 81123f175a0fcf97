import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EnrolmentError, enrolEdge } from '#edge/enrolEdge.ts';
import { startBroker } from '../broker.ts';
import { apiServer } from './apiServer.fixture.ts';

const HOUR_MS = 3_600_000;
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of opened.splice(0)) await part.close();
});

async function listening() {
  let nowMs = Date.parse('2026-11-28T08:00:00Z');
  const made = await apiServer({}, () => nowMs);
  opened.push(made.app);
  const gateway = await made.app.listen({ host: '127.0.0.1', port: 0 });
  const createCode = async (edge: object) => {
    const answer = await made.app.inject({ method: 'POST', url: '/api/v1/enrolments', body: edge });
    return { status: answer.statusCode, ...answer.json() };
  };
  return { ...made, gateway, createCode, pass: (ms: number) => (nowMs += ms) };
}

const folder = () => mkdtempSync(join(tmpdir(), 'millwright-enrol-'));

test('an edge exchanges its code once for an account under its own name, which the broker accepts', async () => {
  const { gateway, createCode, enrolments, directory, audited } = await listening();
  const { code } = await createCode({ site: 'south', edge: 'edge-7', receives: ['plant/#'] });
  const out = folder();
  const { uplink, ...name } = parse(await enrolEdge(gateway, code, out));
  expect(name).toEqual({ site: 'south', edge: 'edge-7' });
  expect(uplink).toEqual({
    url: 'mqtts://broker:8883',
    username: 'south.edge-7',
    passwordFile: join(out, 'mqtt-password'),
  });
  expect(statSync(uplink.passwordFile).mode & 0o777).toBe(0o600);
  await expect(enrolEdge(gateway, code, out)).rejects.toThrow(/unknown, used or expired/);
  expect(audited).toEqual([
    'administrator enrolment_code south/edge-7',
    'south.edge-7 edge_enrolled south/edge-7 from 127.0.0.1',
  ]);

  const broker = await startBroker('127.0.0.1', 0, (username) => enrolments.account(username));
  opened.push(broker);
  const password = readFileSync(uplink.passwordFile, 'utf8').trim();
  const connectAs = (secret: string) =>
    mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      username: uplink.username,
      password: secret,
      reconnectPeriod: 0,
    });
  await expect(connectAs('another')).rejects.toThrow(/Not authorized|Bad username/i);
  const client = await connectAs(password);
  await client.publishAsync('millwright/v1/south/edge-7/status', '{}', { qos: 1 });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.publish('millwright/v1/south/edge-8/status', '{}', { qos: 1 });
  await closed;

  expect(readFileSync(join(directory, 'mosquitto', 'passwords'), 'utf8')).toMatch(/^south\.edge-7:\$7\$10000\$/m);
  expect(readFileSync(join(directory, 'mosquitto', 'acl'), 'utf8')).toContain(
    'user south.edge-7\ntopic write millwright/v1/south/edge-7/',
  );
});

test('a second code replaces the password; revocation ends the account and its permissions', async () => {
  const { app, gateway, createCode, enrolments, directory } = await listening();
  const enrol = async () => {
    const { code } = await createCode({ site: 'south', edge: 'edge-7' });
    const out = folder();
    await enrolEdge(gateway, code, out);
    return readFileSync(join(out, 'mqtt-password'), 'utf8').trim();
  };
  const first = await enrol();
  const second = await enrol();
  const broker = await startBroker('127.0.0.1', 0, (username) => enrolments.account(username));
  opened.push(broker);
  const options = { username: 'south.edge-7', reconnectPeriod: 0 };
  const url = `mqtt://127.0.0.1:${broker.port}`;
  await expect(mqtt.connectAsync(url, { ...options, password: first })).rejects.toThrow();
  const client = await mqtt.connectAsync(url, { ...options, password: second });
  const revoke = () => app.inject({ method: 'DELETE', url: '/api/v1/enrolments/south/edge-7' });
  expect((await revoke()).statusCode).toBe(204);
  expect((await revoke()).statusCode).toBe(404);
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.publish('millwright/v1/south/edge-7/status', '{}', { qos: 1 });
  await closed;
  await expect(mqtt.connectAsync(url, { ...options, password: second })).rejects.toThrow();
  expect(readFileSync(join(directory, 'mosquitto', 'passwords'), 'utf8')).not.toContain('south.edge-7');
});

test('codes expire, and a newer one of the same edge replaces the older', async () => {
  const { app, gateway, createCode, pass } = await listening();
  const first = await createCode({ site: 'south', edge: 'edge-7', hours: 2 });
  const second = await createCode({ site: 'south', edge: 'edge-7', hours: 2 });
  await expect(enrolEdge(gateway, first.code, folder())).rejects.toThrow(EnrolmentError);
  const list = async () => (await app.inject('/api/v1/enrolments')).json();
  expect(await list()).toMatchObject([
    { site: 'south', edge: 'edge-7', enrolledMs: null, codeExpiresMs: second.expiresMs },
  ]);
  pass(2 * HOUR_MS);
  await expect(enrolEdge(gateway, second.code, folder())).rejects.toThrow(EnrolmentError);
  expect(await list()).toEqual([]);
});

test('guesses are throttled by address', async () => {
  const { app, createCode } = await listening();
  const { code } = await createCode({ site: 'south', edge: 'edge-7' });
  const enrol = (guess: string) => app.inject({ method: 'POST', url: '/api/v1/enrol', body: { code: guess } });
  for (let i = 0; i < 20; i++) expect((await enrol(`mwe_${i}`)).statusCode).toBe(401);
  const answer = await enrol(code);
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '60']);
});

test('user names are unique: configured accounts, and names that differ only in where the dot is', async () => {
  const { createCode } = await listening();
  expect(await createCode({ site: 'north', edge: 'edge-1' })).toMatchObject({ status: 409 });
  expect((await createCode({ site: 'a.b', edge: 'c' })).status).toBe(201);
  expect(await createCode({ site: 'a', edge: 'b.c' })).toMatchObject({
    status: 409,
    detail: 'a.b/c has the same user name, a.b.c',
  });
});

test('the password does not cross a network in clear text', async () => {
  await expect(enrolEdge('http://gateway.example:8086', 'mwe_x', folder())).rejects.toThrow('use https://');
});
