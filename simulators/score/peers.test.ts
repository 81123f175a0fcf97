import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { scenarioSchema } from '../scenario.ts';
import { type ScoredBroker, startScoredBroker } from './broker.ts';
import { Peers } from './peers.ts';

const bearing = { bpfo: 3.6, bpfi: 5.4, bsf: 2.4, ftf: 0.4 };
const scenario = scenarioSchema.parse({
  machines: [{ name: 'ill', kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'] }],
});
const directory = mkdtempSync(join(tmpdir(), 'millwright-peers-'));
mkdirSync(join(directory, 'logs'));
let broker: ScoredBroker | null = null;
afterEach(async () => {
  await broker?.close();
  rmSync(directory, { recursive: true, force: true });
});

const product = `
import mqtt from 'mqtt';
const [url, name, plant] = process.argv.slice(1);
const client = await mqtt.connectAsync(url);
const say = (what, text) => client.publishAsync('peers/' + name + '/' + what, text, { qos: 1 });
await say('alerts', 'no alert');
await say('alerts', JSON.stringify({ machine: 'ill', time: '2026-01-01T00:00:00Z', text: plant }));
await say('status', 'ready');
`;

test('another product is started, awaited, read and stopped', async () => {
  broker = await startScoredBroker(directory, () => undefined);
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const command = `${process.execPath} --input-type=module -e ${JSON.stringify(product.replaceAll('\n', ' '))} {mqtt} {name} {plant}`;
  const options = { command: 'unused', directory, mqttUrl, signal: new AbortController().signal };
  const peers = await Peers.start([{ name: 'acme', commandLine: command }], scenario, options);
  const [report] = peers.reports();
  expect(report).toMatchObject({ name: 'acme', unreadable: 1, ended: false, alerts: [{ machine: 'ill' }] });
  expect(JSON.parse(readFileSync(report.alerts[0].text, 'utf8'))).toMatchObject({ assets: { ill: { kind: 'fan' } } });
  await peers.stop();
  expect(peers.reports()[0].ended).toBe(false);
}, 40_000);
