import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { stringify } from 'yaml';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { LedgerView } from '#models/contracts/api.ts';
import type { PlantDevices } from '../devices/plantDevices.ts';
import { freePort } from '../freePort.ts';
import { machinesOf, type SimulatedMachine } from '../machine.ts';
import { runPlant } from '../runPlant.ts';
import type { Scenario, SystemTrouble } from '../scenario.ts';
import { Service } from '../service.ts';
import { type ScoredBroker, startScoredBroker } from './broker.ts';
import { judge, type ScenarioScore } from './judge.ts';
import { Link } from './link.ts';
import { scorePeer } from './peerScore.ts';
import { type Peer, Peers } from './peers.ts';
import { edgeConfig, gatewayConfig } from './scenarioConfig.ts';

export interface ScoreOptions {
  /** The built command. */
  command: string;
  /** An empty folder for the services' data and logs. */
  directory: string;
  /** Products that receive the same device data. */
  peers?: readonly Peer[];
  info: (line: string) => void;
  signal: AbortSignal;
  log: Logger;
}

/** All parts of one run. */
interface System {
  broker: ScoredBroker;
  links: Record<'devices' | 'source' | 'uplink', Link>;
  gateway: Service;
  edge: Service;
  api: string;
  peers: Peers | null;
}

const READY_MS = 30_000;
/** Time after the last message until the gateway's ledger must account for everything. */
const SETTLE_MS = 60_000;
const POLL_MS = 250;
/** A slower response counts as none. */
const ANSWER_MS = 5000;

/**
 * Runs a scenario against the whole system: broker, gateway and edge as separate processes, the plant's devices in this
 * one, and links between them that can be cut. \n@throws Error if a service does not start.
 */
export async function scoreScenario(scenario: Scenario, options: ScoreOptions): Promise<ScenarioScore> {
  const { durationS, speed } = scenario.score;
  const machines = machinesOf(scenario);
  const devicePort = await freePort();
  const started: (() => Promise<unknown>)[] = [];
  const end = async () => {
    for (const one of started.toReversed()) await one();
  };
  const system = await startSystem(scenario, devicePort, options, started).catch(async (error) => {
    await end();
    throw error;
  });
  // Future times are refused: a plant that runs faster than the clock begins in the past.
  const beginMs = Date.now() - Math.max(0, durationS * 1000 * (1 - 1 / speed));
  let devices: PlantDevices | null = null;
  try {
    devices = await startDevices(scenario, machines, system, devicePort, beginMs, options);
    const troubled = systemTroubles(scenario, system, devices, speed);
    const truth = await runPlant(scenario, machines, [devices], {
      speed,
      beginMs,
      fromS: 0,
      durationS,
      signal: options.signal,
      step: troubled.step,
    });
    if (options.signal.aborted) throw new Error('stopped before its end: there is no score');
    await troubled.over();
    await devices.flush();
    const score = await settled(system.api, (ledger, alerts) =>
      judge(scenario, beginMs, truth, ledger, alerts, system.edge.crashes + system.gateway.crashes),
    );
    const peers = system.peers?.reports().map((report) => scorePeer(scenario, beginMs, report));
    return peers ? { ...score, peers } : score;
  } finally {
    await devices?.close();
    await end();
  }
}

/** Adds a function to stop each part to `started`. */
async function startSystem(
  scenario: Scenario,
  devicePort: number,
  { command, directory, peers = [], info, signal }: ScoreOptions,
  started: (() => Promise<unknown>)[],
): Promise<System> {
  const broker = await startScoredBroker(directory, info);
  started.push(() => broker.close());
  const [devices, source, uplink] = [
    await Link.open(broker.port),
    await Link.open(sourcePort(scenario, broker.port, devicePort)),
    await Link.open(broker.port),
  ];
  for (const link of [devices, source, uplink]) started.push(() => link.close());
  const ports = { api: await freePort(), edge: await freePort() };
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const files = { gateway: join(directory, 'gateway.yaml'), edge: join(directory, 'edge.yaml') };
  writeFileSync(files.gateway, stringify(gatewayConfig(directory, `mqtt://127.0.0.1:${broker.port}`, ports.api)));
  writeFileSync(
    files.edge,
    stringify(edgeConfig(scenario, directory, source.port, `mqtt://127.0.0.1:${uplink.port}`, ports.edge)),
  );
  const service = (name: 'gateway' | 'edge') =>
    new Service(name, [name, files[name]], { command, dataDirectory: directory, info });
  const gateway = service('gateway');
  started.push(() => gateway.stop());
  const api = `http://127.0.0.1:${ports.api}`;
  await answers(gateway, signal, `${api}/readyz`, (status) => status === 200);
  const edge = service('edge');
  started.push(() => edge.stop());
  // While the devices are down, the edge reports its source as unavailable.
  await answers(
    edge,
    signal,
    `http://127.0.0.1:${ports.edge}/healthz`,
    (status) => scenario.transport === 'opcua' || scenario.transport === 'modbus' || status === 200,
  );
  const mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  const beside = peers.length > 0 ? await Peers.start(peers, scenario, { command, directory, mqttUrl, signal }) : null;
  if (beside) started.push(() => beside.stop());
  return { broker, links: { devices, source, uplink }, gateway, edge, api, peers: beside };
}

/** Port that the edge's source connects to: of the broker, or of the devices. */
function sourcePort({ transport }: Scenario, brokerPort: number, devicePort: number): number {
  return transport === 'mqtt' || transport === 'sparkplug' ? brokerPort : devicePort;
}

async function startDevices(
  scenario: Scenario,
  machines: readonly SimulatedMachine[],
  { links }: System,
  port: number,
  beginMs: number,
  { directory, log }: ScoreOptions,
): Promise<PlantDevices> {
  const url = `mqtt://127.0.0.1:${links.devices.port}`;
  switch (scenario.transport) {
    case 'mqtt': {
      const { MqttDevices } = await import('../devices/mqttDevices.ts');
      return new MqttDevices(scenario, url, {}, log);
    }
    case 'sparkplug': {
      const { SparkplugDevices } = await import('../devices/sparkplugDevices.ts');
      const devices = new SparkplugDevices(machines, scenario, url, log);
      await devices.connect();
      return devices;
    }
    case 'modbus': {
      const { ModbusDevice } = await import('../devices/modbusDevice.ts');
      const device = new ModbusDevice(machines, port);
      await device.start();
      return device;
    }
    case 'opcua': {
      const { OpcuaPlant } = await import('../devices/opcuaServer.ts');
      const server = join(directory, 'server');
      const plant = new OpcuaPlant(machines, scenario, port, server, { beginMs: beginMs - 1 });
      if (scenario.systemTroubles.some((t) => t.type === 'expired_certificate'))
        await plant.useCertificate({ daysAgo: 3 });
      await plant.start();
      trustCertificate(directory, server);
      return plant;
    }
  }
}

/** Like an administrator who has the server's certificate in a file. */
function trustCertificate(directory: string, server: string): void {
  const trusted = join(directory, 'edge/pki/trusted/certs');
  mkdirSync(trusted, { recursive: true });
  copyFileSync(join(server, 'pki/own/certs/certificate.pem'), join(trusted, `server-${Date.now()}.pem`));
}

/** Runs the scenario's system troubles at their times; `over` resolves when all have ended. */
function systemTroubles(scenario: Scenario, system: System, devices: PlantDevices, speed: number) {
  const real = (seconds: number) => (1000 * seconds) / speed;
  const waiting = scenario.systemTroubles.flatMap((trouble) =>
    Array.from({ length: trouble.type === 'kill' ? trouble.times : 1 }, (_, i) => ({
      trouble,
      atS:
        trouble.type === 'expired_certificate'
          ? trouble.forS
          : trouble.atS + (trouble.type === 'kill' ? i * trouble.everyS : 0),
    })),
  );
  const running: Promise<void>[] = [];
  const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const begin = async (trouble: SystemTrouble): Promise<void> => {
    switch (trouble.type) {
      case 'kill':
        if (trouble.service === 'devices') return devices.restart(real(trouble.downS));
        return system[trouble.service].kill(real(trouble.downS));
      case 'cut':
        system.links[trouble.link].cut();
        await rest(real(trouble.forS));
        return system.links[trouble.link].restore();
      case 'slow':
        system.links[trouble.link].limit({ bytesPerS: trouble.kilobytesPerS * 1000, delayMs: trouble.delayMs });
        await rest(real(trouble.forS));
        return system.links[trouble.link].limit(null);
      case 'expired_certificate':
        return renewCertificate(devices, system);
    }
  };
  return {
    step(timeS: number) {
      while (waiting.some((w) => w.atS <= timeS)) {
        const [next] = waiting.splice(
          waiting.findIndex((w) => w.atS <= timeS),
          1,
        );
        running.push(begin(next.trouble));
      }
    },
    async over() {
      if (waiting.length > 0) throw new Error(`${waiting.length} system troubles lie beyond the end of the run`);
      await Promise.all(running);
    },
  };
}

async function renewCertificate(devices: PlantDevices, system: System): Promise<void> {
  const { OpcuaPlant } = await import('../devices/opcuaServer.ts');
  if (!(devices instanceof OpcuaPlant)) throw new Error('only an OPC UA server has a certificate here');
  await devices.useCertificate(null);
  await devices.restart(0);
  trustCertificate(system.edge.dataDirectory, join(system.edge.dataDirectory, 'server'));
}

/**
 * Waits until everything sent has arrived: until nothing is unexplained, or the time is up. A restarting gateway is
 * polled until then. @throws Error if it has not answered by the end.
 */
export async function settled(
  api: string,
  score: (ledger: LedgerView, alerts: AlertRecord[]) => ScenarioScore,
  withinMs = SETTLE_MS,
): Promise<ScenarioScore> {
  const endMs = Date.now() + withinMs;
  let before = '';
  for (;;) {
    const isOver = Date.now() > endMs;
    const answer = await fetchState(api).catch((error: Error) => error);
    if (!(answer instanceof Error)) {
      const judged = score(...answer);
      const now = JSON.stringify([judged.unexplained, judged.faults]);
      // Twice the same: a ledger is sent once a second.
      if (isOver || (judged.unexplained === 0 && now === before)) return judged;
      before = now;
    } else if (isOver) throw new Error(`the gateway did not answer within ${withinMs / 1000} s: ${answer.message}`);
    await new Promise((resolve) => setTimeout(resolve, 5 * POLL_MS));
  }
}

/** The gateway's ledger and alerts. @throws Error without a valid response. */
async function fetchState(api: string): Promise<[LedgerView, AlertRecord[]]> {
  const fetchJson = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${api}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as T;
  };
  return [await fetchJson('/api/v1/ledger'), await fetchJson('/api/v1/alerts?state=all&limit=1000')];
}

/** @throws Error if the service ends, or does not answer in time. */
async function answers(
  service: Service,
  signal: AbortSignal,
  url: string,
  isReady: (status: number) => boolean,
): Promise<void> {
  const endMs = Date.now() + READY_MS;
  while (Date.now() < endMs) {
    const status = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
      (r) => r.status,
      () => null,
    );
    if (status !== null && isReady(status)) return;
    if (signal.aborted) throw new Error('stopped before it began');
    if (service.crashes > 0)
      throw new Error(`a service did not start; its log: ${service.logFile}\n${service.logTail()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`${url} did not answer within ${READY_MS / 1000} s`);
}
