import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EdgeConfig, edgeConfigSchema } from '#edge/config.ts';
import { type RunningEdge, startEdge } from '#edge/main.ts';
import { ProcessHost } from '#edge/models/processHost.ts';
import type { ModelView } from '#models/contracts/api.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import { onnxBytes } from '#models/inference/onnxModel.ts';
import { openPackage, packageText } from '#models/packages/modelPackage.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { CHROMIUM } from '#simulators/endToEnd/browser.ts';
import { FULL_SIZE } from '#simulators/endToEnd/fullSize.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway, runMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';

const EDGES = FULL_SIZE ? 20 : 8;
const ROWS = 12;
const MINUTE_MS = 60_000;
/** Shared by the edges in this process: a process for each would overload the test machine. */
const models = new ProcessHost(
  fileURLToPath(new URL('../../dist/modelProcess.js', import.meta.url)),
  pino({ level: 'silent' }),
);

describe.skipIf(!installed('mosquitto') || !installed('chromium'))(`roll-out of a model to ${EDGES} edges`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-rollout-'));
  const names = Array.from({ length: EDGES }, (_, i) => `edge-${i + 1}`);
  /** The last edge runs in a separate process, which is killed. */
  const killed = names[EDGES - 1];
  const random = randomOf(6);
  let broker: Broker;
  let gateway: Gateway;
  let killedEdge: Edge;
  const edges: RunningEdge[] = [];
  let device: mqtt.MqttClient;
  let second = 1_700_000_000;
  let goodId: string;

  const row = (): [string, number][] => {
    const load = 0.7 + 0.1 * gaussian(random);
    return Object.entries({ load, flow: 80 * load + gaussian(random), heat: 20 + 40 * load + gaussian(random) });
  };
  const run = (...args: string[]) => runMillwright(directory, args.slice(0, 2).join('-'), args);
  const atGateway = (...args: string[]) => run(...args, '--gateway', gateway.url, '--by', 'test');
  const get = async <T>(path: string) => (await (await fetch(`${gateway.url}${path}`)).json()) as T;
  const statuses = () => get<StatusMessage[]>('/api/v1/edges');
  const newest = async () => (await get<Rollout[]>('/api/v1/rollouts'))[0];
  const activeIds = async () => (await statuses()).map((s) => s.models?.[0]?.active?.id);

  /** Sends rows of each machine, one second of machine time apart. */
  async function send(rows: number): Promise<void> {
    for (let i = 0; i < rows; i++, second++) {
      const time = new Date(second * 1000).toISOString();
      for (const name of names)
        for (const [point, value] of row())
          device.publish(`plant/${name}/line/${point}/value`, JSON.stringify({ value, time }), { qos: 1 });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Sends rows until a condition is met. */
  const whileSending = (done: () => Promise<boolean>, ms: number) =>
    until(async () => {
      await send(2);
      return done();
    }, ms);

  function config(name: string): EdgeConfig {
    return edgeConfigSchema.parse({
      site: 'plant',
      edge: name,
      dataDirectory: join(directory, name),
      sources: [
        {
          type: 'mqtt',
          url: broker.url,
          subscriptions: [{ topic: `plant/${name}/{asset}/{point}/value`, payload: { type: 'scalar' } }],
        },
      ],
      uplink: { url: broker.url, commandKeyFile: join(directory, 'command.pub') },
      http: { host: '127.0.0.1', port: 0 },
      slowIntervalS: 1,
      modelStatusIntervalMs: 500,
    });
  }

  /** Adds a modified trained model to the registry; returns its id. */
  async function added(release: string, change: (model: ProcessModel) => ProcessModel): Promise<string> {
    const file = join(directory, 'model.json');
    const trained = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify(change(JSON.parse(trained))));
    const out = join(directory, `${release}.model`);
    await run('model', 'pack', directory, '--name', 'line', '--release', release, '--out', out);
    writeFileSync(file, trained);
    const id = (await atGateway('model', 'add', out)).trim();
    await atGateway('model', 'approve', id);
    return id;
  }

  const places = names.map((name) => `plant/${name}/line`);
  const rollOut = (id: string, machines = EDGES) =>
    atGateway(
      'model',
      'rollout',
      id,
      ...places.slice(0, machines),
      '--rows',
      String(ROWS),
      '--canaries',
      String(Math.min(2, machines)),
    );

  /** Rolls out a bad model: it must be rolled back within a minute and never run beyond the canaries. */
  async function expectBack(id: string, why: RegExp, machines = EDGES): Promise<void> {
    const begin = Date.now();
    await rollOut(id, machines);
    let most = 0;
    await whileSending(async () => {
      most = Math.max(most, (await activeIds()).filter((active) => active === id).length);
      return (await newest()).stage === 'rolled_back';
    }, MINUTE_MS);
    expect(Date.now() - begin).toBeLessThan(MINUTE_MS);
    expect((await newest()).why).toMatch(why);
    expect(most).toBeLessThanOrEqual(2);
    await until(async () => (await activeIds()).every((active) => active === goodId), 20_000);
  }

  beforeAll(async () => {
    await run('gateway', 'keys', '--out', directory);
    broker = await startMosquitto(directory);
    gateway = await Gateway.start(directory, broker.url, { commands: { keyFile: join(directory, 'command.key') } });
    const csv = join(directory, 'normal.csv');
    const table = Array.from({ length: 600 }, () => row().map(([, value]) => value));
    writeFileSync(csv, ['load,flow,heat', ...table.map((values) => values.join(','))].join('\n'));
    await run('train', 'anomaly', csv, '--out', directory);
    for (const name of names.slice(0, -1)) edges.push(await startEdge(config(name), 'test', { models }));
    const { uplink, sources, slowIntervalS, modelStatusIntervalMs } = config(killed);
    const settings = { site: 'plant', edge: killed, uplink, sources, slowIntervalS, modelStatusIntervalMs };
    killedEdge = await Edge.start(directory, broker.url, settings);
    device = await mqtt.connectAsync(broker.url);
    await send(30);
    goodId = await added('good', (model) => model);
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await killedEdge?.process.end('SIGTERM');
    for (const edge of edges) await edge.stop();
    await models.stop();
    await gateway?.process.end('SIGTERM');
    await broker?.process.end('SIGKILL');
  });

  test('a good model goes from shadow mode to two canaries to all, even if an edge is killed meanwhile', async () => {
    await rollOut(goodId);
    const stages = new Set<string>();
    let kills = 0;
    await whileSending(async () => {
      const { stage } = await newest();
      stages.add(stage);
      // Kills the edge at four different stages.
      if (kills < 4 && stages.size > kills) {
        kills++;
        await killedEdge.process.crash();
      }
      return stage === 'done';
    }, 150_000);
    expect([...stages]).toEqual(['shadow', 'canary', 'everywhere', 'done']);
    expect(kills).toBe(4);
    // The edge may still be restarting after the last kill.
    await until(async () => (await activeIds()).every((id) => id === goodId), 20_000);
    const [model] = await get<ModelView[]>('/api/v1/models');
    expect(model.where).toHaveLength(EDGES);
    expect((await killedEdge.metrics()).get('millwright_edge_model_rows_skipped_total{reason="too_many"}')).toBe(0);
  });

  test('the page shows the model of each machine and its roll-out', async () => {
    const browser = await chromium.launch(CHROMIUM);
    try {
      const page = await browser.newPage();
      await page.goto(`${gateway.url}/#/models`);
      await page.waitForSelector('[aria-label="Models on machines"] tbody tr');
      const textsOf = (table: string) =>
        page.$$eval(`[aria-label="${table}"] tbody tr`, (rows) => rows.map((row) => row.textContent ?? ''));
      const machines = await textsOf('Models on machines');
      expect(machines).toHaveLength(EDGES);
      expect(machines.every((text) => text.includes('line good'))).toBe(true);
      expect(await textsOf('Registry')).toMatchObject([expect.stringMatching(/^line good.*by test/)]);
      expect(await textsOf('Roll-outs')).toMatchObject([expect.stringMatching(/^1line goodarrived/)]);
    } finally {
      await browser.close();
    }
  });

  test('a model without approval is not rolled out', async () => {
    const out = join(directory, 'unapproved.model');
    await run('model', 'pack', directory, '--name', 'line', '--release', 'unapproved', '--out', out);
    const id = (await atGateway('model', 'add', out)).trim();
    await expect(rollOut(id)).rejects.toThrow('not approved');
  });

  test('a model with false alarms, or one that is blind, slow or failing, never gets beyond the canaries', async () => {
    const nervous = await added('nervous', (model) => ({ ...model, limits: model.limits.map((l) => l / 2.5) }));
    await expectBack(nervous, /unlike its training/);
    const blind = await added('blind', (model) => ({ ...model, limits: model.limits.map((l) => l * 1e6) }));
    await expectBack(blind, /does not see it/);
    const network = (bytes: Uint8Array) => (model: ProcessModel) =>
      ({
        ...model,
        learned: {
          method: 'network',
          data: {
            mean: [0.7, 56, 48],
            sd: [0.1, 8, 4],
            answer: 'score',
            file: { format: 'onnx', bytes: Buffer.from(bytes).toString('base64') },
          },
        },
        limits: model.limits.slice(0, 1),
        usual: model.usual.slice(0, 1),
      }) as ProcessModel;
    await expectBack(await added('slow', network(slowNetwork())), /ms a row|too slow/, 1);
    await expectBack(await added('failing', network(failingNetwork())), /failed/, 3);
  });

  test('a damaged model, or one with a foreign signature, is not run at all', async () => {
    const db = new Database(join(directory, 'gateway', 'registry.db'));
    const stored = (id: string) =>
      (db.prepare('SELECT package FROM models WHERE id = ?').get(id) as { package: string }).package;
    const put = (id: string, text: string) => db.prepare('UPDATE models SET package = ? WHERE id = ?').run(text, id);
    const damaged = await added('damaged', (model) => ({ ...model, card: { ...model.card, data: 'another' } }));
    put(damaged, stored(damaged).replace(/("model\.json":"[A-Za-z0-9+/]{40})./, '$1A'));
    await expectBack(damaged, /damaged/);
    const forged = await added('forged', (model) => ({ ...model, card: { ...model.card, data: 'a third' } }));
    const opened = await openPackage(stored(forged));
    put(forged, packageText({ ...opened, signature: (await openPackage(stored(goodId))).signature }));
    await expectBack(forged, /not signed by the key/);
    db.close();
  });
});

/** A chain of products of large generated matrices; too slow for sixty rows on any two cores. */
function slowNetwork(): Uint8Array {
  const WIDTH = 1400;
  const chain = Array.from({ length: 240 }, (_, i) => i);
  return onnxBytes({
    input: { name: 'x', shape: [3] },
    output: { name: 'answer', shape: [1] },
    weights: [
      { name: 'first', shape: [3, WIDTH], values: new Float32Array(3 * WIDTH).fill(0.001) },
      { name: 'column', shape: [WIDTH, 1], values: new Float32Array(WIDTH).fill(0.001) },
    ],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'first'], output: 'y0' },
      ...chain.flatMap((i) => [
        // Depends on the input, so that nothing can be precomputed.
        { op: 'ReduceMean', inputs: [`y${i}`], output: `m${i}`, attributes: { axes: [0], keepdims: 1 } },
        { op: 'Mul', inputs: ['column', `m${i}`], output: `square${i}` },
        { op: 'MatMul', inputs: [`square${i}`, `square${i}`], output: `product${i}` },
        { op: 'MatMul', inputs: [`y${i}`, `product${i}`], output: `y${i + 1}` },
      ]),
      { op: 'MatMul', inputs: [`y${chain.length}`, 'column'], output: 'z' },
      { op: 'Exp', inputs: ['z'], output: 'answer' },
    ],
  });
}

/** The square root of a negative number is NaN. */
function failingNetwork(): Uint8Array {
  return onnxBytes({
    input: { name: 'x', shape: [3] },
    output: { name: 'answer', shape: [1] },
    weights: [{ name: 'w', shape: [3, 1], values: Float32Array.of(1, 1, 1) }],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w'], output: 'y' },
      { op: 'Sqrt', inputs: ['y'], output: 'answer' },
    ],
  });
}
