import { join } from 'node:path';
import { modbusPlaces } from '../devices/modbusDevice.ts';
import { GROUP } from '../devices/sparkplugDevices.ts';
import { machinesOf, type SimulatedMachine } from '../machine.ts';
import type { Scenario } from '../scenario.ts';
import { assetsOf } from '../scenarioAssets.ts';

export function gatewayConfig(directory: string, broker: string, port: number): object {
  return { dataDirectory: join(directory, 'gateway'), broker: { url: broker }, api: { host: '127.0.0.1', port } };
}

/** An edge that receives a scenario's device data, with a short learning time; `port` is where its source connects. */
export function edgeConfig(
  scenario: Scenario,
  directory: string,
  port: number,
  uplink: string,
  httpPort: number,
): object {
  // A frame is a window; for other lengths than powers of two, the largest one that fits.
  const length = 2 ** Math.floor(Math.log2(scenario.waveform.samples));
  return {
    site: 'score',
    edge: 'edge-1',
    dataDirectory: join(directory, 'edge'),
    sources: [sourceOf(scenario, port)],
    windows: { length, hop: length },
    slowIntervalS: 10,
    detection: { level: { skipWindows: 4, learnWindows: 50 } },
    healthIntervalMs: 5000,
    ledgerIntervalMs: 1000,
    assets: assetsOf(scenario),
    uplink: { url: uplink },
    http: { host: '127.0.0.1', port: httpPort },
    ...scenario.score.edge,
  };
}

function sourceOf(scenario: Scenario, port: number): object {
  const machines = machinesOf(scenario);
  const { sampleRateHz } = scenario.waveform;
  switch (scenario.transport) {
    case 'mqtt':
      return {
        type: 'mqtt',
        url: `mqtt://127.0.0.1:${port}`,
        subscriptions: [
          { topic: 'plant/{asset}/{point}/waveform', payload: { type: 'waveform', framing: 'header' } },
          { topic: 'plant/{asset}/{point}/value', payload: { type: 'scalar' } },
        ],
      };
    case 'sparkplug': {
      const sensors = [...new Set(machines.flatMap((m) => m.config.sensors))];
      const from = `${GROUP}/+/{asset}`;
      const metrics = [...sensors.map((metric) => ({ from, metric, sampleRateHz })), { from, metric: '{point}' }];
      return { type: 'sparkplug', url: `mqtt://127.0.0.1:${port}`, groups: [GROUP], metrics };
    }
    case 'opcua':
      return {
        type: 'opcua',
        endpoint: `opc.tcp://127.0.0.1:${port}`,
        securityMode: 'SignAndEncrypt',
        securityPolicy: 'Basic256Sha256',
        publishingIntervalMs: 100,
        nodes: machines.flatMap((machine) => nodesOf(machine, sampleRateHz)),
      };
    case 'modbus': {
      const registers = modbusPlaces(machines).map(({ machine, point, address }) => ({
        asset: machine,
        point,
        table: 'input',
        address,
        type: 'float32',
      }));
      return {
        type: 'modbus',
        host: '127.0.0.1',
        port,
        groups: [{ intervalMs: (1000 * scenario.valuesEveryS) / scenario.score.speed, registers }],
      };
    }
  }
}

function nodesOf(machine: SimulatedMachine, sampleRateHz: number): object[] {
  const { name, sensors } = machine.config;
  const node = (point: string) => ({
    nodeId: `ns=1;s=${name}.${point}`,
    asset: name,
    point,
    samplingIntervalMs: 0,
    queueSize: 50,
  });
  return [
    ...machine.processValues(0).map(({ point }) => node(point)),
    ...sensors.map((sensor) => ({ ...node(sensor), sampleRateHz })),
  ];
}
