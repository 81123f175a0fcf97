import { messagesAt } from './deviceMessage.ts';
import type { PlantDevices } from './devices/plantDevices.ts';
import type { SimulatedMachine } from './machine.ts';
import type { Scenario } from './scenario.ts';
import { type PointTruth, Troubles } from './troubles.ts';
import { Wiring } from './wiring.ts';

export interface RunOptions {
  speed: number;
  /** The plant's beginning on its own clock. */
  beginMs: number;
  /** Seconds after it at which the run begins. */
  fromS: number;
  /** Duration in seconds; absent: until it is stopped. */
  durationS?: number;
  signal: AbortSignal;
  /** Called for each step before its messages are sent. */
  step?: (timeS: number) => void;
}

/** Sends the messages of all machines' devices at `speed` times real time; returns what they did, by point. */
export async function runPlant(
  scenario: Scenario,
  machines: readonly SimulatedMachine[],
  devices: readonly PlantDevices[],
  { speed, beginMs, fromS, durationS, signal, step }: RunOptions,
): Promise<PointTruth[]> {
  const wiring = new Wiring(scenario, machines);
  const troubles = new Troubles(scenario.troubles, scenario.seed);
  const startedMs = Date.now();
  const stepS = Math.min(scenario.waveform.everyS, scenario.valuesEveryS);
  const last = durationS === undefined ? Number.POSITIVE_INFINITY : Math.floor(durationS / stepS);
  const send = async (message: Parameters<Troubles['apply']>[0]) => {
    for (const one of devices) await one.send(message);
  };
  for (let tick = 0; tick < last && !signal.aborted; tick++) {
    const timeS = fromS + tick * stepS;
    const dueMs = startedMs + ((tick * stepS) / speed) * 1000;
    await sleep(dueMs - Date.now(), signal);
    if (signal.aborted) break;
    step?.(timeS);
    for (const machine of machines) {
      for (const message of messagesAt(machine, scenario, timeS, stepS, beginMs)) {
        for (const one of troubles.apply(wiring.deliver(message))) await send(one);
      }
    }
  }
  if (!signal.aborted) for (const one of troubles.flush()) await send(one);
  return troubles.truth;
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
