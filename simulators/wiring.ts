import { gaussian, randomOf, seedOf } from '#models/random/random.ts';
import type { DeviceMessage } from './deviceMessage.ts';
import type { SimulatedMachine } from './machine.ts';
import type { Scenario, SimulatedMachineConfig } from './scenario.ts';
import { isWired, type SimulatedWiringFault } from './wiringFaults.ts';

type Content = DeviceMessage['content'];
type Of<K extends SimulatedWiringFault['kind']> = Extract<SimulatedWiringFault, { kind: K }>;

/** Noise of an amplifier without a sensor, standard deviation in g, or in the unit of a slow value. */
const OPEN_INPUT_G = 0.0005;
const OPEN_INPUT_VALUE = 0.02;

/** `machine/point` of a reference that may omit its own machine. */
export const fullName = (machine: string, reference: string): string =>
  reference.includes('/') ? reference : `${machine}/${reference}`;

/** A point that receives another one's signal during a fault. */
interface CrossedSignal {
  point: string;
  source: string;
  fault: SimulatedWiringFault;
}

/** Routes each sensor's signal along the scenario's cables, at the scale set in its device. */
export class Wiring {
  readonly #machines: ReadonlyMap<string, SimulatedMachine>;
  readonly #scenario: Scenario;
  readonly #crossed: readonly CrossedSignal[];

  constructor(scenario: Scenario, machines: readonly SimulatedMachine[]) {
    this.#scenario = scenario;
    this.#machines = new Map(machines.map((m) => [m.config.name, m]));
    this.#crossed = scenario.machines.flatMap(crossedSignals);
  }

  /** The message as it arrives, under the name of its point. */
  deliver(message: DeviceMessage): DeviceMessage {
    const { machine, point, timeS } = message;
    const source = this.#crossed.findLast((c) => c.point === `${machine}/${point}` && isWired(c.fault, timeS))?.source;
    const content = source === undefined ? message.content : this.#measured(source, timeS);
    const faults = this.#machines.get(machine)?.config.wiring.filter((fault) => isWired(fault, timeS)) ?? [];
    return { ...message, content: faults.reduce((changed, fault) => changedBy(fault, message, changed), content) };
  }

  #measured(source: string, timeS: number): Content {
    const [name, point] = source.split('/');
    const machine = this.#machines.get(name);
    const { sampleRateHz, samples } = this.#scenario.waveform;
    if (machine?.config.sensors.includes(point))
      return { kind: 'waveform', samples: machine.waveform(point, timeS, sampleRateHz, samples) };
    const value = machine?.processValues(timeS).find((v) => v.point === point)?.value;
    if (value === undefined) throw new Error(`${source} measures nothing`);
    return { kind: 'value', value: Number(value.toPrecision(7)) };
  }
}

function crossedSignals({ name, wiring }: SimulatedMachineConfig): CrossedSignal[] {
  return wiring.flatMap((fault): CrossedSignal[] => {
    if (fault.kind === 'duplicate_signal')
      return [{ point: `${name}/${fault.point}`, source: fullName(name, fault.of), fault }];
    if (fault.kind !== 'swapped_sensors') return [];
    const [one, other] = [`${name}/${fault.point}`, fullName(name, fault.with)];
    return [
      { point: one, source: other, fault },
      { point: other, source: one, fault },
    ];
  });
}

function changedBy(fault: SimulatedWiringFault, { machine, point, timeS }: DeviceMessage, content: Content): Content {
  switch (fault.kind) {
    case 'wrong_scale':
      return fault.point === point ? mapped(content, (v) => v * fault.factor + fault.offset) : content;
    case 'inverted_axis':
      return fault.point === point ? mapped(content, (v) => -v) : content;
    case 'wrong_speed':
      return point === 'speed' ? mapped(content, (v) => v * fault.factor) : content;
    case 'dead_channel': {
      if (fault.point !== point) return content;
      const random = randomOf(seedOf(machine, point, 'open input', Math.round(timeS * 1000)));
      const noise = content.kind === 'value' ? OPEN_INPUT_VALUE : OPEN_INPUT_G;
      return mapped(content, () => noise * gaussian(random));
    }
    default:
      return content;
  }
}

function mapped(content: Content, by: (value: number) => number): Content {
  if (content.kind === 'garbage') return content;
  if (content.kind === 'value') return { kind: 'value', value: by(content.value) };
  return { kind: 'waveform', samples: content.samples.map(by) };
}

/** The configuration error of a machine at the edge. */
export function findMisconfiguration<K extends 'wrong_bearing' | 'wrong_mains_frequency'>(
  { wiring }: SimulatedMachineConfig,
  kind: K,
): Of<K> | undefined {
  return wiring.find((fault): fault is Of<K> => fault.kind === kind);
}
