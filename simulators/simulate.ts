import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { encodeFrame } from '#models/contracts/frame.ts';
import { FrameSender, type Outgoing } from './frameSender.ts';
import { SimulatedMachine } from './machine.ts';
import type { Scenario } from './scenario.ts';

export interface SimulateOptions {
  url: string;
  username?: string;
  password?: string;
  speed: number;
  /** The plant's beginning on its own clock. */
  beginMs: number;
  /** Where in its life the plant goes on: seconds after its beginning. */
  fromS: number;
  /** Ends after so many of the plant's seconds; absent: when it is stopped. */
  durationS?: number;
  /** Also serves the plant over OPC UA on this port of loopback. */
  opcuaPort?: number;
  /** Where its certificates are kept. */
  opcuaDirectory?: string;
  signal: AbortSignal;
  log: Logger;
}

/** Full scale of the simulated int16 sensors. */
const FULL_SCALE_G = 50;

/** Publishes a plant's waveforms and values as its devices would, at `speed` times real time. */
export async function simulate(scenario: Scenario, options: SimulateOptions): Promise<{ sent: number }> {
  const { signal, speed, fromS } = options;
  const machines = scenario.machines.map((config) => new SimulatedMachine(config, scenario.seed));
  const sender = new FrameSender(options.url, { username: options.username, password: options.password }, options.log);
  signal.addEventListener('abort', () => void sender.close());
  const opcua = await startOpcua(scenario, machines, options);
  const startedMs = Date.now();
  const step = Math.min(scenario.waveform.everyS, scenario.valuesEveryS);
  const last = options.durationS === undefined ? Number.POSITIVE_INFINITY : Math.floor(options.durationS / step);
  for (let tick = 0; tick < last && !signal.aborted; tick++) {
    const timeS = fromS + tick * step;
    const dueMs = startedMs + ((tick * step) / speed) * 1000;
    await sleep(dueMs - Date.now(), signal);
    if (signal.aborted) break;
    opcua?.update(timeS, options.beginMs + timeS * 1000);
    for (const machine of machines) {
      for (const message of messagesOf(machine, scenario, timeS, step, options.beginMs)) await sender.send(message);
    }
  }
  if (!signal.aborted) await sender.flush();
  await sender.close();
  await opcua?.stop();
  return { sent: sender.sent };
}

/** Loaded only here: a plant that speaks MQTT alone does without it. */
async function startOpcua(
  scenario: Scenario,
  machines: SimulatedMachine[],
  { opcuaPort, opcuaDirectory, log }: SimulateOptions,
) {
  if (opcuaPort === undefined) return null;
  const { OpcuaPlant } = await import('./opcuaServer.ts');
  const plant = new OpcuaPlant(machines, scenario, opcuaPort, opcuaDirectory ?? join(tmpdir(), 'millwright-opcua'));
  await plant.start();
  log.info({ endpoint: `opc.tcp://127.0.0.1:${opcuaPort}` }, 'the plant speaks OPC UA');
  return plant;
}

function messagesOf(
  machine: SimulatedMachine,
  scenario: Scenario,
  timeS: number,
  step: number,
  beginMs: number,
): Outgoing[] {
  const { waveform } = scenario;
  const base = `plant/${machine.config.name}`;
  const messages: Outgoing[] = [];
  if (due(timeS, waveform.everyS, step)) {
    const startUs = Math.round((beginMs + timeS * 1000) * 1000);
    for (const sensor of machine.config.sensors) {
      const samples = machine.waveform(sensor, timeS, waveform.sampleRateHz, waveform.samples);
      const scale = waveform.encoding === 'int16' ? FULL_SCALE_G / 32_767 : 1;
      const data = waveform.encoding === 'int16' ? toInt16(samples, scale) : samples;
      const frame = encodeFrame(
        { encoding: waveform.encoding, sampleRateHz: waveform.sampleRateHz, scale, startUs },
        data,
      );
      messages.push({ topic: `${base}/${sensor}/waveform`, payload: Buffer.from(frame.buffer) });
    }
  }
  if (due(timeS, scenario.valuesEveryS, step)) {
    const time = new Date(beginMs + timeS * 1000).toISOString();
    for (const { point, value } of machine.processValues(timeS)) {
      const payload = JSON.stringify({ value: Number(value.toPrecision(7)), time });
      messages.push({ topic: `${base}/${point}/value`, payload: Buffer.from(payload) });
    }
  }
  return messages;
}

/** Whether one of the events that come every `everyS` falls into the step that begins at `timeS`. */
function due(timeS: number, everyS: number, step: number): boolean {
  return Math.floor(timeS / everyS + 1e-9) !== Math.floor((timeS - step) / everyS + 1e-9);
}

function toInt16(samples: Float32Array, scale: number): Int16Array {
  return Int16Array.from(samples, (v) => Math.max(-32_768, Math.min(32_767, Math.round(v / scale))));
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
