import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '#simulators/endToEnd/browser.ts';
import { installed } from '#simulators/endToEnd/servers.ts';
import { startMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';

/**
 * The files of docker-compose.yml against Debian's servers: its broker configuration and access list, InfluxDB with
 * authentication, and its edge and gateway files with only addresses overridden from the environment.
 */
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const TOKEN = 'a-token-of-this-test-of-256-bits';
const METRICS_TOKEN = 'a-token-for-metrics-of-this-test';
const PASSWORDS = { machines: 'm-secret', 'edge-1': 'e-secret', gateway: 'g-secret' };
const INFLUX = { admin: 'admin-secret', millwright: 'influx-secret' };

describe.skipIf(!installed('mosquitto') || !installed('influxd') || !installed('chromium'))(
  'with passwords, access list and token',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-secured-'));
    const children: ReturnType<typeof spawn>[] = [];
    let brokerUrl: string;
    let influxUrl: string;
    let api: string;
    const get = (path: string, token = TOKEN) =>
      fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } });

    beforeAll(async () => {
      const [brokerPort, influxPort, rpcPort, apiPort, edgePort] = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
      ];
      brokerUrl = `mqtt://127.0.0.1:${brokerPort}`;
      influxUrl = `http://127.0.0.1:${influxPort}`;
      api = `http://127.0.0.1:${apiPort}`;
      const secret = (name: string, text: string) => {
        writeFileSync(join(directory, name), text);
        return join(directory, name);
      };
      startBroker(brokerPort);
      await startInflux(influxPort, rpcPort);
      const token = secret('token', TOKEN);
      children.push(
        startMillwright(directory, 'gateway', ['gateway', file('./gateway.compose.yaml')], {
          MILLWRIGHT_GATEWAY__DATA_DIRECTORY: join(directory, 'gateway'),
          MILLWRIGHT_GATEWAY__BROKER__URL: brokerUrl,
          MILLWRIGHT_GATEWAY__BROKER__PASSWORD_FILE: secret('mqtt-gateway', PASSWORDS.gateway),
          MILLWRIGHT_GATEWAY__HISTORIAN__URL: influxUrl,
          MILLWRIGHT_GATEWAY__HISTORIAN__PASSWORD_FILE: secret('influx', INFLUX.millwright),
          MILLWRIGHT_GATEWAY__API__PORT: String(apiPort),
          MILLWRIGHT_GATEWAY__API__TOKEN_FILE: token,
          MILLWRIGHT_GATEWAY__API__TOKENS__0__TOKEN_FILE: secret('metrics-token', METRICS_TOKEN),
        }),
        startMillwright(directory, 'edge', ['edge', file('../edge/edge.compose.yaml')], {
          MILLWRIGHT_EDGE__DATA_DIRECTORY: join(directory, 'edge'),
          MILLWRIGHT_EDGE__SOURCES__0__URL: brokerUrl,
          MILLWRIGHT_EDGE__SOURCES__0__PASSWORD_FILE: secret('mqtt-edge', PASSWORDS['edge-1']),
          MILLWRIGHT_EDGE__UPLINK__URL: brokerUrl,
          MILLWRIGHT_EDGE__UPLINK__PASSWORD_FILE: secret('mqtt-edge', PASSWORDS['edge-1']),
          MILLWRIGHT_EDGE__HTTP__PORT: String(edgePort),
          MILLWRIGHT_EDGE__HTTP__TOKEN_FILE: token,
        }),
      );
      await until(
        () =>
          get('/readyz').then(
            (r) => r.ok,
            () => false,
          ),
        30_000,
      );
      await until(
        () =>
          fetch(`http://127.0.0.1:${edgePort}/healthz`, { headers: { authorization: `Bearer ${TOKEN}` } }).then(
            (r) => r.ok,
            () => false,
          ),
        30_000,
      );
      expect((await fetch(`http://127.0.0.1:${edgePort}/metrics`)).status).toBe(401);
      const begin = new Date(Date.now() - 100_000).toISOString();
      const scenario = file('../simulators/scenarios/demo.yaml');
      const args = [
        'simulate',
        scenario,
        '--mqtt',
        brokerUrl,
        '--username',
        'machines',
        '--speed',
        '10',
        '--begin',
        begin,
        '--duration',
        '90',
      ];
      const plant = startMillwright(directory, 'plant', args, { MILLWRIGHT_MQTT_PASSWORD: PASSWORDS.machines });
      expect(await new Promise((resolve) => plant.once('exit', resolve))).toBe(0);
    });

    afterAll(async () => {
      for (const child of children.toReversed()) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill(child.spawnfile.includes('node') ? 'SIGTERM' : 'SIGKILL');
        await ended;
      }
    });

    function startBroker(port: number): void {
      const passwords = join(directory, 'passwords');
      writeFileSync(passwords, '');
      for (const [user, password] of Object.entries(PASSWORDS))
        spawnSync('mosquitto_passwd', ['-b', passwords, user, password]);
      chmodSync(passwords, 0o600);
      const data = join(directory, 'mosquitto');
      mkdirSync(data);
      const config = readFileSync(file('./mosquitto/mosquitto.conf'), 'utf8')
        .replace('listener 1883', `listener ${port} 127.0.0.1\nuser root`)
        .replace('/mosquitto/data/passwords', passwords)
        .replace('/mosquitto/config/acl', file('./mosquitto/acl'))
        .replace('/mosquitto/data/', `${data}/`);
      writeFileSync(join(directory, 'mosquitto.conf'), config);
      children.push(spawn('/usr/sbin/mosquitto', ['-c', join(directory, 'mosquitto.conf')], { stdio: 'ignore' }));
    }

    async function startInflux(port: number, rpcPort: number): Promise<void> {
      const data = join(directory, 'influxdb');
      const config = `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
dir = "${data}/meta"
[data]
dir = "${data}/data"
wal-dir = "${data}/wal"
[http]
bind-address = "127.0.0.1:${port}"
auth-enabled = true
log-enabled = false
[logging]
level = "error"
`;
      writeFileSync(join(directory, 'influxdb.conf'), config);
      children.push(spawn('/usr/bin/influxd', ['-config', join(directory, 'influxdb.conf')], { stdio: 'ignore' }));
      await until(
        () =>
          fetch(`${influxUrl}/ping`).then(
            (r) => r.ok,
            () => false,
          ),
        30_000,
      );
      // As the image does on its first start: an administrator, a database, and a user limited to that database.
      await influx(`CREATE USER admin WITH PASSWORD '${INFLUX.admin}' WITH ALL PRIVILEGES`);
      await influx('CREATE DATABASE millwright');
      await influx(`CREATE USER millwright WITH PASSWORD '${INFLUX.millwright}'`);
      await influx('GRANT ALL ON millwright TO millwright');
    }

    async function influx(query: string): Promise<{ results: { series?: { values: unknown[][] }[] }[] }> {
      const login = `u=admin&p=${INFLUX.admin}`;
      const answer = await fetch(`${influxUrl}/query?db=millwright&${login}&q=${encodeURIComponent(query)}`, {
        method: 'POST',
      });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json() as Promise<{ results: { series?: { values: unknown[][] }[] }[] }>;
    }

    test('an alert passes through the whole chain', async () => {
      await until(async () => ((await (await get('/api/v1/alerts')).json()) as unknown[]).length === 1, 20_000);
      expect(await (await get('/api/v1/alerts')).json()).toMatchObject([
        { asset: 'pump-101', evidence: { diagnosis: { fault: 'outer_race' } } },
      ]);
      await until(
        async () =>
          Number((await influx('SELECT count("id") FROM millwright_alerts')).results[0].series?.[0].values[0][1] ?? 0) >
          0,
        10_000,
      );
    });

    test('the API refuses requests without the token, and the page prompts for it', async () => {
      expect((await fetch(`${api}/api/v1/alerts`)).status).toBe(401);
      expect((await get('/api/v1/alerts', 'wrong')).status).toBe(401);
      const browser = await chromium.launch(CHROMIUM);
      try {
        const page = await browser.newPage();
        await page.goto(api);
        await page.click('text=Use a token');
        await page.fill('label:has-text("Token") input', TOKEN);
        await page.keyboard.press('Enter');
        await page.waitForSelector('[data-alert]');
        expect(await page.textContent('[role=status]')).toBe('Live');
      } finally {
        await browser.close();
      }
    });

    test('the broker requires a password, and an edge publishes only under its own name', async () => {
      await expect(mqtt.connectAsync(brokerUrl, { reconnectPeriod: 0 }, false)).rejects.toThrow();
      const before = (await (await get('/metrics')).text()).match(/messages_(accepted|refused)_total.* \d+/g);
      const edge = await mqtt.connectAsync(brokerUrl, {
        username: 'edge-1',
        password: PASSWORDS['edge-1'],
        reconnectPeriod: 0,
      });
      await edge.publishAsync('millwright/v1/compose/edge-2/status', '{"v": 1}', { qos: 1 });
      const machines = await mqtt.connectAsync(brokerUrl, {
        username: 'machines',
        password: PASSWORDS.machines,
        reconnectPeriod: 0,
      });
      await machines.publishAsync('millwright/v1/compose/edge-1/status', '{"v": 1}', { qos: 1 });
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await (await get('/metrics')).text()).match(/messages_refused_total\{.*/g)).toBeNull();
      expect(before).not.toBeNull();
      await edge.endAsync();
      await machines.endAsync();
    });
  },
);
