import { Pipeline } from '#edge/pipeline/pipeline.ts';
import { SimulatedMachine } from '../machine.ts';
import { drivetrainOf } from '../machineFaults.ts';
import { simulatedMachineSchema } from '../scenario.ts';
import { unconnectedEdge } from './unconnectedEdge.ts';

const BEARING = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const RATE = 12_800;
const FRAME = 4096;

/** Runs a machine through an edge, one frame each `everyS`; returns all messages. */
export function messagesOf(kind: string, faults: object[], seconds: number, everyS = 0.5) {
  const config = simulatedMachineSchema.parse({
    name: `${kind}-1`,
    kind,
    ratedRpm: 1480,
    bearing: BEARING,
    sensors: ['2H'],
    faults,
  });
  const machine = new SimulatedMachine(config, 4);
  const pipeline = new Pipeline(
    unconnectedEdge({
      healthIntervalMs: 1e9,
      detection: { level: { skipWindows: 5, learnWindows: 90 } },
      assets: {
        [config.name]: {
          ratedRpm: 1480,
          iso: { group: 2, foundation: 'rigid' },
          drivetrain: drivetrainOf(config),
          points: { '2H': { unit: 'g', bearing: BEARING }, speed: { role: 'speed' } },
        },
      },
    }),
    new Map(),
    'tested',
  );
  const sent: ReturnType<Pipeline['drain']>['outgoing'] = [];
  const block = { asset: config.name, timeQuality: 'source' } as const;
  for (let t = 0; t < seconds; t += everyS) {
    const startUs = Math.round(1.7e15 + t * 1e6);
    const samples = machine.waveform('2H', t, RATE, FRAME);
    const speed = { ...block, kind: 'scalars', point: 'speed' } as const;
    const vibration = { ...block, kind: 'waveform', point: '2H', startUs, sampleRateHz: RATE, samples } as const;
    const values = { timesUs: Float64Array.of(startUs), values: Float64Array.of(machine.rpm(t)) };
    pipeline.accept({ ok: true, block: { ...speed, ...values } }, startUs / 1000);
    pipeline.accept({ ok: true, block: { ...vibration } }, startUs / 1000);
    sent.push(...pipeline.drain({ ledger: null }).outgoing);
  }
  return sent;
}
