import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame } from '#models/contracts/frame.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { scenario } from '#simulators/endToEnd/demoScenario.ts';
import { type Broker, installed, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway, runMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { SimulatedMachine } from '#simulators/machine.ts';

describe.skipIf(!installed('mosquitto'))('commands through a real broker', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-commands-'));
  const machine = new SimulatedMachine(scenario.machines[0], scenario.seed);
  const { sampleRateHz, samples } = scenario.waveform;
  const startMs = Date.now() - 600_000;
  let broker: Broker;
  let gateway: Gateway;
  let edge: Edge;
  let recorded: Buffer | null = null;
  let device: mqtt.MqttClient;
  let frames = 0;

  const tell = (...args: string[]) =>
    runMillwright(directory, 'tell', ['tell', 'test/edge-1', ...args, '--gateway', gateway.url]);
  /** Sends a frame that continues the previous one. */
  async function send(n: number): Promise<void> {
    for (let i = 0; i < n; i++, frames++) {
      const timeS = (frames * samples) / sampleRateHz;
      const data = machine.waveform('2H', timeS, sampleRateHz, samples);
      const header = {
        encoding: 'float32',
        sampleRateHz,
        scale: 1,
        startUs: Math.round((startMs + timeS * 1000) * 1000),
      } as const;
      await device.publishAsync('plant/pump-101/2H/waveform', Buffer.from(encodeFrame(header, data)), { qos: 1 });
    }
  }

  beforeAll(async () => {
    await runMillwright(directory, 'keys', ['gateway', 'keys', '--out', directory]);
    broker = await startMosquitto(directory);
    gateway = await Gateway.start(directory, broker.url, { commands: { keyFile: join(directory, 'command.key') } });
    edge = await Edge.start(directory, broker.url, {
      uplink: { url: broker.url, commandKeyFile: join(directory, 'command.pub') },
    });
    device = await mqtt.connectAsync(broker.url);
    device.on('message', (_topic, payload) => {
      recorded = payload;
    });
    await device.subscribeAsync('millwright/v1/test/edge-1/cmd/do');
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await edge?.process.end('SIGTERM');
    await gateway?.process.end('SIGTERM');
    await broker?.process.end('SIGKILL');
  });

  test('evidence: the signal of a point is returned as a WAV file that analyze reads', async () => {
    await send(2);
    await until(async () => (await gateway.ledger()).points.some((p) => p.asset === 'pump-101'), 20_000);
    await tell('evidence', '--asset', 'pump-101', '--point', '2H');
    await send(20);
    const list = async () =>
      (await (await fetch(`${gateway.url}/api/v1/evidence`)).json()) as { id: string; piecesS: number[] }[];
    await until(async () => (await list()).length === 1, 20_000);
    const [{ id, piecesS }] = await list();
    expect(piecesS).toHaveLength(1);
    expect(piecesS[0]).toBeGreaterThan(5);
    const wav = Buffer.from(await (await fetch(`${gateway.url}/api/v1/evidence/${id}/0`)).arrayBuffer());
    const file = join(directory, 'evidence.wav');
    writeFileSync(file, wav);
    const args = ['analyze', file, '--speed', '1480', '--bearing', '6205', '--json'];
    expect(JSON.parse(await runMillwright(directory, 'analyze', args))).toMatchObject({ verdict: 'healthy' });
    expect(wav.readUInt32LE(24)).toBe(sampleRateHz);
  });

  test('relearn: a point discards its baseline but not its counts', async () => {
    await tell('relearn', '--asset', 'pump-101', '--point', '2H');
    await send(1);
    await until(async () => (await gateway.ledger()).points[0].received === frames, 20_000);
    await expect(tell('relearn', '--asset', 'pump-101', '--point', 'nowhere')).rejects.toThrow(/refused/);
  });

  test('reload: a valid file is applied, an invalid one changes nothing', async () => {
    const file = join(directory, 'edge.yaml');
    const sound = readFileSync(file, 'utf8');
    await expect(
      runMillwright(directory, 'nobody', ['tell', 'test/edge-9', 'reload', '--gateway', gateway.url]),
    ).rejects.toThrow(/no edge test\/edge-9/);
    writeFileSync(file, `${sound}nonsense: 1\n`);
    await expect(tell('reload')).rejects.toThrow(/nonsense/);
    writeFileSync(file, sound.replace('url: mqtt', 'passwordFile: /nowhere/password\n    url: mqtt'));
    await expect(tell('reload')).rejects.toThrow(/sources\.0\.passwordFile: found "\/nowhere\/password"/);
    writeFileSync(file, sound.replace('plant/{asset}/{point}/value', 'other/{asset}/{point}/value'));
    await tell('reload');
    await until(async () => {
      await device.publishAsync('other/fan-1/temperature/value', JSON.stringify({ value: 20 }), { qos: 1 });
      return (await gateway.ledger()).points.some((p) => p.asset === 'fan-1');
    }, 30_000);
  });

  test('model: one trained from a table is tested on the machine’s own rows, runs inference, and is withdrawn', async () => {
    const random = randomOf(4);
    const row = () => {
      const load = 0.7 + 0.1 * gaussian(random);
      return { load, flow: 80 * load + gaussian(random), heat: 20 + 40 * load + gaussian(random) };
    };
    const table = ['load,flow,heat', ...Array.from({ length: 300 }, () => Object.values(row()).join(','))];
    const csv = join(directory, 'normal.csv');
    writeFileSync(csv, table.join('\n'));
    await runMillwright(directory, 'train', ['train', 'anomaly', csv, '--out', directory]);
    for (let i = 0; i < 15; i++) {
      const time = new Date(startMs + i * 10_000).toISOString();
      for (const [point, value] of Object.entries(row()))
        await device.publishAsync(`other/line-1/${point}/value`, JSON.stringify({ value, time }), { qos: 1 });
    }
    const out = join(directory, 'line.model');
    const pack = ['model', 'pack', directory, '--name', 'line', '--release', '1', '--out', out];
    await runMillwright(directory, 'pack', pack);
    const at = (...args: string[]) => runMillwright(directory, 'model', ['model', ...args, '--gateway', gateway.url]);
    const id = (await at('add', out)).trim();
    const model = ['--asset', 'line-1', '--model', id];
    await expect(tell('model', ...model)).rejects.toThrow(/no approved package/);
    await at('approve', id);
    await tell('model', ...model);
    await expect(tell('model', '--asset', 'fan-1', '--model', id)).rejects.toThrow(/has not said load/);
    await expect(tell('model', '--asset', 'line-1', '--model', 'x')).rejects.toThrow(/SHA-256/);
    await expect(at('add', csv)).rejects.toThrow(/not a model package/);
    await tell('rollback', '--asset', 'line-1');
    await expect(tell('rollback', '--asset', 'line-1')).rejects.toThrow(/has no model/);
  });

  test('a signed package on a USB stick is installed on a machine whose configuration names it', async () => {
    const stick = join(directory, 'stick.model');
    const key = join(directory, 'command.key');
    const named = (release: string, more: string[]) => [
      ...['model', 'pack', directory, '--name', 'line', '--release', release, '--out', stick],
      ...more,
    ];
    await runMillwright(directory, 'pack', named('2', []));
    const file = join(directory, 'edge.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}assets: { line-1: { model: ${stick} } }\n`);
    await tell('reload');
    const waiting = async () => (await edge.metrics()).get('millwright_edge_model_files_waiting');
    await until(async () => (await waiting()) === 1, 20_000);
    await runMillwright(directory, 'pack', named('2', ['--key', key]));
    for (let i = 15; i < 30; i++) {
      const time = new Date(startMs + i * 10_000).toISOString();
      for (const [point, value] of Object.entries({ load: 0.7, flow: 56, heat: 48 }))
        await device.publishAsync(`other/line-1/${point}/value`, JSON.stringify({ value, time }), { qos: 1 });
    }
    const judged = 'millwright_edge_model_rows_total{asset="line-1",role="active",model="line 2",runtime=""}';
    await until(async () => (await edge.metrics()).has(judged), 30_000);
    expect(await waiting()).toBe(0);
  });

  test('a replayed command and one with a foreign signature are refused', async () => {
    const refused = async (why: string) =>
      (await edge.metrics()).get(`millwright_edge_commands_refused_total{why="${why}"}`) ?? 0;
    await tell('evidence', '--asset', 'pump-101', '--point', '2H');
    if (!recorded) throw new Error('no command was heard');
    await device.publishAsync('millwright/v1/test/edge-1/cmd/do', recorded, { qos: 1 });
    await until(async () => (await refused('replayed')) === 1, 10_000);
    const forged = JSON.parse(recorded.toString()) as { body: string; signature: string };
    const body = forged.body.replace('2H', '1H');
    await device.publishAsync('millwright/v1/test/edge-1/cmd/do', JSON.stringify({ ...forged, body }), { qos: 1 });
    await until(async () => (await refused('forged')) === 1, 10_000);
  });
});
