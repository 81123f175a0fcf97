import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { MqttDevices } from './devices/mqttDevices.ts';
import type { PlantDevices } from './devices/plantDevices.ts';
import { machinesOf, type SimulatedMachine } from './machine.ts';
import { runPlant } from './runPlant.ts';
import type { Scenario } from './scenario.ts';

export interface SimulateOptions {
  url: string;
  username?: string;
  password?: string;
  speed: number;
  /** The plant's beginning on its own clock. */
  beginMs: number;
  /** Seconds after the plant's beginning at which the run starts. */
  fromS: number;
  /** Duration in the plant's seconds; absent: until it is stopped. */
  durationS?: number;
  /** Also serves the plant over OPC UA on this loopback port. */
  opcuaPort?: number;
  /** Folder of its certificates. */
  opcuaDirectory?: string;
  signal: AbortSignal;
  log: Logger;
}

/** Runs a plant's devices over MQTT, and OPC UA beside it, at `speed` times real time, with the troubles of its scenario. */
export async function simulate(scenario: Scenario, options: SimulateOptions): Promise<{ sent: number }> {
  const { url, username, password, signal, log } = options;
  const machines = machinesOf(scenario);
  const mqtt = new MqttDevices(scenario, url, { username, password }, log);
  signal.addEventListener('abort', () => void mqtt.close());
  const all: PlantDevices[] = [mqtt, ...(await startOpcua(scenario, machines, options))];
  await runPlant(scenario, machines, all, options);
  if (!signal.aborted) for (const devices of all) await devices.flush();
  for (const devices of all) await devices.close();
  return { sent: mqtt.sent };
}

/** Loaded here only: a plant with MQTT alone does not need it. */
async function startOpcua(
  scenario: Scenario,
  machines: SimulatedMachine[],
  options: SimulateOptions,
): Promise<PlantDevices[]> {
  const { opcuaPort, opcuaDirectory, beginMs, fromS, log } = options;
  if (opcuaPort === undefined) return [];
  const { OpcuaPlant } = await import('./devices/opcuaServer.ts');
  const directory = opcuaDirectory ?? join(tmpdir(), 'millwright-opcua');
  // Values before the first measurement are older than that.
  const plant = new OpcuaPlant(machines, scenario, opcuaPort, directory, { beginMs: beginMs + fromS * 1000 - 1 });
  await plant.start();
  log.info({ endpoint: `opc.tcp://127.0.0.1:${opcuaPort}` }, 'the plant speaks OPC UA');
  return [plant];
}
