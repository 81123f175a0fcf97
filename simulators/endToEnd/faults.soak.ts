import { expect, test } from 'vitest';
import { Pipeline } from '#edge/pipeline/pipeline.ts';
import type { AlertMessage } from '#models/contracts/alert.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import { SimulatedMachine } from '../machine.ts';
import { type MachineKind, type SimulatedFault, scenarioSchema } from '../scenario.ts';
import { assetsOf } from '../scenarioAssets.ts';
import { type AlertScore, scoreAlerts } from '../score/alertScore.ts';
import type { DiagnosisRating, ScoredAlert } from '../score/faultScore.ts';
import { unconnectedEdge } from './unconnectedEdge.ts';

/**
 * `npm run soak:faults`: one growing fault of each of sixteen kinds, judged by an edge with shipped defaults from short
 * frames with gaps. MILLWRIGHT_FIRST_SEED, MILLWRIGHT_SEEDS and MILLWRIGHT_RPM (comma-separated) change the runs.
 */
const FIRST_SEED = Number(process.env.MILLWRIGHT_FIRST_SEED ?? 1);
const SEEDS = Number(process.env.MILLWRIGHT_SEEDS ?? 1);
const SPEEDS_RPM = (process.env.MILLWRIGHT_RPM ?? '1480,990').split(',').map(Number);
/** Number of the sixteen faults that must be named: docs/decisions/0023-short-frames-and-names.md. */
const FRAMES = [
  { samples: 4096, everyS: 0.5, minNamed: 13 },
  { samples: 16_384, everyS: 2, minNamed: 15 },
];
const RATE_HZ = 12_800;
const ONSET_S = 60;
const DOUBLING_S = 25;
/** Limits are reached after 4.6 doublings of a machine fault, and 8 of a bearing fault. */
const DURATION_S = 300;
const BEGIN_MS = Date.UTC(2026, 5, 1, 8);

const KINDS = {
  outer_race: 'pump',
  inner_race: 'motor',
  ball: 'fan',
  cage: 'compressor',
  unbalance: 'fan',
  misalignment: 'pump',
  bent_shaft: 'motor',
  looseness: 'compressor',
  rub: 'compressor',
  gear_wear: 'gearbox',
  broken_tooth: 'gearbox',
  belt: 'fan',
  blade_pass: 'pump',
  cavitation: 'pump',
  rotor_bar: 'motor',
  stator: 'motor',
} as const satisfies Record<Exclude<SimulatedFault['type'], 'temperature_drift'>, MachineKind>;

/** Only an axial sensor distinguishes these. */
const AXIAL: readonly string[] = ['misalignment', 'bent_shaft'];
const BEARING: readonly string[] = ['outer_race', 'inner_race', 'ball', 'cage'];

function machine([type, kind]: [string, MachineKind], ratedRpm: number) {
  const growth = { type, onsetS: ONSET_S, doublingS: DOUBLING_S };
  return {
    name: type.replaceAll('_', '-'),
    kind,
    ratedRpm,
    bearing: { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 },
    iso: { group: 2, foundation: 'rigid' },
    sensors: AXIAL.includes(type) ? ['2H', '2A'] : ['2H'],
    faults: [BEARING.includes(type) ? { ...growth, point: '2H', limitG: 12 } : { ...growth, limitMmPerS: 12 }],
  };
}

const cases = FRAMES.flatMap((frame) =>
  SPEEDS_RPM.flatMap((rpm) => Array.from({ length: SEEDS }, (_, i) => ({ ...frame, rpm, seed: FIRST_SEED + i }))),
);

test.each(cases)(
  'sixteen faults in frames of $samples at $rpm rpm, seed $seed',
  ({ samples, everyS, minNamed, rpm, seed }) => {
    const scenario = scenarioSchema.parse({
      seed,
      waveform: { sampleRateHz: RATE_HZ, samples, everyS },
      score: { durationS: DURATION_S, detectWithinS: DURATION_S },
      machines: Object.entries(KINDS).map((one) => machine(one, rpm)),
    });
    const config = unconnectedEdge({ assets: assetsOf(scenario) });
    const pipeline = new Pipeline(config);
    const alerts = new Map<string, ScoredAlert>();
    const machines = scenario.machines.map((m) => new SimulatedMachine(m, seed));
    for (let t = 0; t < DURATION_S; t += everyS) {
      for (const one of machines)
        for (const block of blocksOf(one, t, samples)) pipeline.accept({ ok: true, block }, BEGIN_MS + t * 1000);
      for (const { kind, body } of pipeline.drain({ ledger: null }).outgoing) {
        const alert = body as unknown as AlertMessage;
        if (kind === 'alerts' && alert.change !== 'return' && alert.audience !== 'integrator')
          alerts.set(alert.id, alert);
      }
    }
    const score = scoreAlerts(scenario, BEGIN_MS, [...alerts.values()]);
    const count = (how: DiagnosisRating) => score.faults.filter((f) => f.named === how).length;
    process.stderr.write(`${summary(score, `${samples} samples, ${rpm} rpm, seed ${seed}`)}\n`);
    expect(score.missed).toBe(0);
    expect(count('wrong')).toBe(0);
    expect(count('right')).toBeGreaterThanOrEqual(minNamed);
    expect(score.falseAlarms).toEqual([]);
  },
);

function blocksOf(machine: SimulatedMachine, t: number, samples: number): SampleBlock[] {
  const atUs = (BEGIN_MS + t * 1000) * 1000;
  const base = { asset: machine.config.name, timeQuality: 'source' } as const;
  return [
    ...machine.processValues(t).map(({ point, value }): SampleBlock => {
      return { ...base, kind: 'scalars', point, timesUs: Float64Array.of(atUs), values: Float64Array.of(value) };
    }),
    ...machine.config.sensors.map((point): SampleBlock => {
      const its = machine.waveform(point, t, RATE_HZ, samples);
      return { ...base, kind: 'waveform', point, startUs: atUs, sampleRateHz: RATE_HZ, samples: its };
    }),
  ];
}

function summary({ faults, missed, falseAlarms }: AlertScore, title: string): string {
  const of = (how: DiagnosisRating) => faults.filter((f) => f.named === how);
  const found = faults.length - missed;
  const others = faults.filter((f) => f.named !== 'right').map((f) => `  ${f.fault}: ${f.named}; ${f.said ?? ''}`);
  return [
    `${title}: found ${found}, named ${of('right').length}, wrong ${of('wrong').length}, false ${falseAlarms.length}`,
    ...others,
    ...falseAlarms.map(({ machine, text }) => `  false: ${machine}: ${text}`),
  ].join('\n');
}
