import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Scenario } from './scenario.ts';
import { assetsOf } from './scenarioAssets.ts';
import { Service } from './service.ts';
import type { SupplyChainOptions } from './supply/supplyChain.ts';
import { writeSupply } from './supply/writeSupply.ts';

export interface DemoOptions {
  /** The built command, started again for each service. */
  command: string;
  dataDirectory: string;
  scenario: Scenario;
  scenarioFile: string;
  /** Requested ports; if one is in use, a free one is used instead. */
  apiPort: number;
  info: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Broker and gateway, edge, and a simulated plant, each a child process. Resolves when all have ended. Their data are
 * in the data directory; a second start continues from there.
 */
export async function demo(options: DemoOptions): Promise<void> {
  const { dataDirectory, info, signal } = options;
  mkdirSync(join(dataDirectory, 'logs'), { recursive: true });
  const again = existsSync(join(dataDirectory, 'plant.json'));
  const beginMs = readPlantStart(dataDirectory);
  const ports = { broker: await freePort(1883), api: await freePort(options.apiPort), edge: await freePort(9101) };
  const url = `mqtt://127.0.0.1:${ports.broker}`;
  const folder = join(dataDirectory, 'supply');
  makeCommandKeys(options.command, dataDirectory);
  if (!again) writeSupply(folder, supplyOf(options.scenario, beginMs));
  writeYaml(join(dataDirectory, 'gateway.yaml'), gatewayConfig(dataDirectory, url, ports, folder));
  writeYaml(join(dataDirectory, 'edge.yaml'), edgeConfig(dataDirectory, url, ports.edge, options.scenario));
  const begin = new Date(beginMs).toISOString();
  const services = [
    new Service('gateway', ['gateway', join(dataDirectory, 'gateway.yaml')], options),
    new Service('edge', ['edge', join(dataDirectory, 'edge.yaml')], options),
    new Service('plant', ['simulate', options.scenarioFile, '--mqtt', url, '--begin', begin], options),
  ];
  await answers(`http://127.0.0.1:${ports.api}/healthz`, signal);
  if (!signal.aborted) printWelcome(info, ports.api, ports.edge, dataDirectory, again);
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve()),
  );
  info('Stopping …');
  // The plant stops first, the broker last, so that no message is lost on its way.
  for (const service of services.toReversed()) await service.stop();
  info('Stopped. Start again to go on from here.');
}

function printWelcome(
  info: (line: string) => void,
  apiPort: number,
  edgePort: number,
  dataDirectory: string,
  again: boolean,
): void {
  info('');
  info(`  Millwright is running:  http://127.0.0.1:${apiPort}`);
  info('');
  info(
    again
      ? '  The plant goes on from where it was.'
      : '  Nine simulated machines; each is learned for half a minute first. Then watch:',
  );
  info('    pump-101        an outer-race defect grows: an alert within 90 seconds');
  info('    compressor-501  its cooling fails at 3:30: an alert within two minutes');
  info('    all others      healthy: they stay silent');
  info('    bearing 6205    none is on the shelf: once pump-101 fails, planners are told to order');
  info('');
  info(`  Tour             http://127.0.0.1:${apiPort}/#/tour`);
  info(`  API description  http://127.0.0.1:${apiPort}/openapi.json`);
  info(`  Planner's view   http://127.0.0.1:${apiPort}/#/plan`);
  info(`  Tables           drop demand*.csv, stock*.csv … into ${dataDirectory}/supply`);
  info(`  Metrics          http://127.0.0.1:${apiPort}/metrics and http://127.0.0.1:${edgePort}/metrics`);
  info(`  Data and logs    ${dataDirectory}`);
  info('');
  info('  Ctrl-C ends everything.');
}

/** The gateway signs its orders to the edge (a recording, a model). The keys are made once, as a user makes them. */
function makeCommandKeys(command: string, dataDirectory: string): void {
  if (existsSync(join(dataDirectory, 'command.key'))) return;
  const args = [command, 'gateway', 'keys', '--out', dataDirectory];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the keys of commands could not be made: ${stderr}`);
}

/** Start of the simulated plant; stored, so that faults continue to grow across restarts. */
function readPlantStart(dataDirectory: string): number {
  const file = join(dataDirectory, 'plant.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ beginMs: Date.now() }));
  return (JSON.parse(readFileSync(file, 'utf8')) as { beginMs: number }).beginMs;
}

function writeYaml(file: string, config: object): void {
  writeFileSync(file, `# Written by "millwright demo" at each start.\n${stringify(config)}`);
}

/** Five years of a supply chain whose bearings are used by the simulated machines. */
function supplyOf({ seed, machines }: Scenario, beginMs: number): SupplyChainOptions {
  const today = new Date(beginMs).toISOString().slice(0, 10);
  return { seed, today, months: 60, watchedMachines: machines.map((m) => m.name), unwatchedMachines: 6 };
}

function gatewayConfig(
  dataDirectory: string,
  url: string,
  ports: { broker: number; api: number },
  folder: string,
): object {
  return {
    dataDirectory: join(dataDirectory, 'gateway'),
    embeddedBroker: { host: '127.0.0.1', port: ports.broker },
    broker: { url },
    historian: { type: 'sqlite', retentionDays: 7 },
    // Plans follow machines within seconds, for a fast demo.
    planning: { folder, leastSeconds: 5, currency: 'EUR' },
    api: { host: '127.0.0.1', port: ports.api },
    commands: { keyFile: join(dataDirectory, 'command.key') },
  };
}

function edgeConfig(dataDirectory: string, url: string, httpPort: number, scenario: Scenario): object {
  const { samples } = scenario.waveform;
  return {
    site: 'demo',
    edge: 'edge-1',
    dataDirectory: join(dataDirectory, 'edge'),
    sources: [
      {
        type: 'mqtt',
        url,
        subscriptions: [
          { topic: 'plant/{asset}/{point}/waveform', payload: { type: 'waveform', framing: 'header' } },
          { topic: 'plant/{asset}/{point}/value', payload: { type: 'scalar' } },
        ],
      },
    ],
    windows: { length: samples, hop: samples },
    slowIntervalS: 10,
    // Half a minute of learning, for a fast demo. A plant's edge keeps the defaults.
    detection: { level: { skipWindows: 4, learnWindows: 50 } },
    healthIntervalMs: 5000,
    spectrumIntervalMs: 2000,
    alerting: { repeatMs: 15_000 },
    assets: assetsOf(scenario),
    uplink: { url, commandKeyFile: join(dataDirectory, 'command.pub') },
    http: { host: '127.0.0.1', port: httpPort },
  };
}

/** The requested port, or a free one if it is in use. */
async function freePort(choice: number): Promise<number> {
  return (await listenable(choice)) ?? (await listenable(0)) ?? Promise.reject(new Error('no free port on loopback'));
}

function listenable(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}

async function answers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
      (r) => r.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
