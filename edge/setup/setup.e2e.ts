import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type MqttClient } from 'mqtt';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MachineView } from '#models/contracts/api.ts';
import { OpcuaPlant } from '#simulators/devices/opcuaServer.ts';
import { CHROMIUM } from '#simulators/endToEnd/browser.ts';
import { scenario } from '#simulators/endToEnd/demoScenario.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Gateway, startMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { freePort } from '#simulators/freePort.ts';
import { SimulatedMachine } from '#simulators/machine.ts';

const RATE_HZ = 12_800;
const SAMPLES = 4096;

/** From an empty directory to monitored machines, in a browser, with a real broker and an OPC UA server. */
describe.skipIf(!installed('mosquitto') || !installed('chromium'))('edge setup', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-setup-'));
  const file = join(directory, 'edge.yaml');
  const [vibrating, processed] = scenario.machines.slice(0, 2).map((m) => new SimulatedMachine(m, scenario.seed));
  let broker: Broker;
  let gateway: Gateway;
  let plant: OpcuaPlant;
  let endpoint: string;
  let devices: MqttClient;
  let setup: ReturnType<typeof startMillwright>;
  let url: string;
  let browser: Browser;
  let page: Page;
  let ticking: NodeJS.Timeout;
  let timeS = 0;

  beforeAll(async () => {
    broker = await startMosquitto(directory);
    gateway = await Gateway.start(directory, broker.url);
    const port = await freePort();
    endpoint = `opc.tcp://127.0.0.1:${port}`;
    plant = new OpcuaPlant([processed], scenario, port, directory);
    await plant.start();
    devices = connect(broker.url);
    ticking = setInterval(() => {
      timeS += 0.5;
      plant.update(timeS, Date.now());
      const samples = [...vibrating.waveform('2H', timeS, RATE_HZ, SAMPLES)].map((v) => Number(v.toFixed(4)));
      devices.publish('hall/saw-1/bearing', JSON.stringify({ ts: Date.now(), fs: RATE_HZ, samples }));
      devices.publish('hall/saw-1/temperature', JSON.stringify({ ts: Date.now(), v: 40 + Math.sin(timeS) }));
      devices.publish('hall/odd', '<odd/>');
    }, 500);
    const pagePort = await freePort();
    // The default port may be in use by another edge on the same computer.
    const env = { MILLWRIGHT_EDGE__HTTP__PORT: String(await freePort()) };
    setup = startMillwright(directory, 'setup', ['edge', 'setup', file, '--port', String(pagePort)], env);
    let output = '';
    setup.stderr.on('data', (chunk) => {
      output += chunk;
    });
    await until(() => /http:\S+/.test(output), 30_000);
    url = /http:\S+/.exec(output)?.[0] ?? '';
    browser = await chromium.launch(CHROMIUM);
    page = await browser.newPage({ viewport: { width: 1024, height: 900 } });
  }, 60_000);
  afterAll(async () => {
    clearInterval(ticking);
    setup?.kill('SIGTERM');
    await browser?.close();
    await devices?.endAsync(true);
    await plant?.stop();
    await gateway?.process.end('SIGTERM');
    await broker?.process.end('SIGTERM');
  });

  const fill = async (values: Record<string, string>, form: string) => {
    for (const [name, value] of Object.entries(values))
      await page.fill(`form[action="${form}"] [name="${name}"]`, value);
  };
  const submit = async (form: string) => {
    await Promise.all([page.waitForNavigation({ timeout: 60_000 }), page.click(`form[action="${form}"] button`)]);
  };

  test('requires the key', async () => {
    const origin = new URL(url).origin;
    expect((await fetch(origin)).status).toBe(401);
    expect((await fetch(`${origin}/start`, { method: 'POST' })).status).toBe(401);
    expect((await fetch(`${origin}/?key=wrong`)).status).toBe(401);
    await page.goto(url);
    expect(await page.textContent('h1')).toBe('Set up an edge');
    expect(await page.url()).not.toContain('key');
  });

  test('a broker’s messages are recognised, with their spectrum, before anything is stored', async () => {
    const dataDirectory = join(directory, 'data');
    await fill({ site: 'plant', edge: 'edge-1', dataDirectory, uplinkUrl: broker.url }, '/basics');
    await submit('/basics');
    await fill({ url: broker.url, filter: 'hall/#', seconds: '3' }, '/broker/listen');
    await submit('/broker/listen');
    await page.waitForSelector('form[action="/broker/add"]', { timeout: 15_000 });
    expect(await page.getAttribute('svg[role="img"]', 'aria-label')).toMatch(
      /^Spectrum of saw-1 bearing, 0 to 64\d\d Hz/,
    );
    expect(await page.textContent('body')).toContain('Not recognised: hall/odd');
    await submit('/broker/add');
    expect(await page.textContent('[data-diff]')).toContain('+site: plant');
    expect(() => readFileSync(file)).toThrow();
  });

  test('nodes of an OPC UA server become points', async () => {
    await fill({ endpoint }, '/opcua/browse');
    await submit('/opcua/browse');
    const row = page.locator('tr', { hasText: `${processed.config.name}.temperature` });
    await row.first().locator('input[type=checkbox]').check();
    await row.first().locator('[name^="asset-"]').fill('press-1');
    await row.first().locator('[name^="point-"]').fill('temperature');
    await submit('/opcua/add');
    expect(await page.textContent('[data-diff]')).toContain(`+    endpoint: ${endpoint}`);
  });

  test('machines are described; an unknown bearing is refused', async () => {
    const saw = page.locator('form[action="/machine"]', { hasText: 'saw-1' });
    await saw.locator('[name=kind]').fill('saw');
    await saw.locator('[name=bearing-bearing]').fill('no-such');
    await Promise.all([page.waitForNavigation(), saw.locator('button').click()]);
    expect(await page.textContent('[role=alert]')).toContain('no bearing of this designation is known');
    await saw.locator('[name=kind]').fill('saw');
    await saw.locator('[name=ratedRpm]').fill('1480');
    await saw.locator('[name=unit-bearing]').selectOption('g');
    await saw.locator('[name=bearing-bearing]').fill('6205');
    await Promise.all([page.waitForNavigation(), saw.locator('button').click()]);
    expect(await page.textContent('[data-diff]')).toContain('bpfo: 3.58');
  });

  test('the edge starts with the file, and both machines reach the gateway', async () => {
    await submit('/start');
    await page.waitForSelector('[data-status]', { timeout: 30_000 });
    await until(async () => {
      await page.reload();
      return ((await page.textContent('[data-status]')) ?? '').includes('All sources deliver.');
    }, 30_000);
    const machines = async () => (await (await fetch(`${gateway.url}/api/v1/machines`)).json()) as MachineView[];
    await until(async () => (await machines()).length === 2, 60_000);
    const seen = new Map((await machines()).map((m) => [m.health.asset, m]));
    expect(seen.get('saw-1')?.health.kind).toBe('saw');
    expect(seen.get('saw-1')?.waveforms).toEqual(['bearing']);
    expect([...seen.keys()].sort()).toEqual(['press-1', 'saw-1']);
    expect(readFileSync(file, 'utf8')).toContain('site: plant');
  });

  test('a configuration that does not start leaves the previous one, and the running edge', async () => {
    const before = readFileSync(file, 'utf8');
    await fill({ dataDirectory: '/dev/null/nowhere' }, '/basics');
    await submit('/basics');
    await submit('/start');
    await page.waitForSelector('[role=alert]', { timeout: 30_000 });
    expect(await page.textContent('[role=alert]')).toContain('the configuration is as it was before');
    expect(readFileSync(file, 'utf8')).toBe(before);
    await page.reload();
    expect(await page.textContent('[data-status]')).toMatch(/Source 1: connect/);
  });
});
