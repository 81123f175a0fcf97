import type { SimulatedMachine } from './machine.ts';
import type { Scenario } from './scenario.ts';

/** A device's message at one time, before it is encoded for a protocol. */
export interface DeviceMessage {
  machine: string;
  point: string;
  /** Seconds after the plant's beginning. */
  timeS: number;
  /** By the device's clock, of the value or of the first sample; milliseconds since 1970. */
  stampMs: number;
  content:
    | { kind: 'waveform'; samples: Float32Array<ArrayBuffer> }
    | { kind: 'value'; value: number }
    | { kind: 'garbage'; bytes: Buffer };
}

/** Messages of a machine's devices in the step that starts at `timeS`. */
export function messagesAt(
  machine: SimulatedMachine,
  scenario: Scenario,
  timeS: number,
  stepS: number,
  beginMs: number,
): DeviceMessage[] {
  const { waveform } = scenario;
  const { name: its, sensors } = machine.config;
  const base = { machine: its, timeS, stampMs: beginMs + timeS * 1000 };
  const messages: DeviceMessage[] = [];
  if (isDue(timeS, waveform.everyS, stepS)) {
    for (const point of sensors) {
      const samples = machine.waveform(point, timeS, waveform.sampleRateHz, waveform.samples);
      messages.push({ ...base, point, content: { kind: 'waveform', samples } });
    }
  }
  if (isDue(timeS, scenario.valuesEveryS, stepS)) {
    for (const { point, value } of machine.processValues(timeS))
      messages.push({ ...base, point, content: { kind: 'value', value: Number(value.toPrecision(7)) } });
  }
  return messages;
}

/** Whether a periodic event (every `everyS`) falls into the step that begins at `timeS`. */
function isDue(timeS: number, everyS: number, stepS: number): boolean {
  return Math.floor(timeS / everyS + 1e-9) !== Math.floor((timeS - stepS) / everyS + 1e-9);
}
