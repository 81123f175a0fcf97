import { expect, test } from 'vitest';
import { messagesAt } from '#simulators/deviceMessage.ts';
import { unconnectedEdge } from '#simulators/endToEnd/unconnectedEdge.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { scenarioSchema } from '#simulators/scenario.ts';
import { assetsOf } from '#simulators/scenarioAssets.ts';
import { Wiring } from '#simulators/wiring.ts';
import { Pipeline } from '../pipeline.ts';

const BEARING = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const BEGIN_MS = 1.7e12;
const ISO = { group: 2, foundation: 'rigid' };

interface ReportedFault {
  atS: number;
  asset: string;
  point: string;
  change: string;
  kind: string | undefined;
  text: string;
}

const plantOf = (machines: object[], seed: number, everyS: number) =>
  scenarioSchema.parse({
    seed,
    waveform: { everyS },
    machines: machines.map((m) => ({ bearing: BEARING, iso: ISO, sensors: ['2H'], ...m })),
  });

/** Runs a plant through an edge with shipped defaults. @returns all its alerts. */
function run(
  machines: object[],
  seconds: number,
  { seed = 3, states = new Map<string, Buffer>(), fromS = 0, everyS = 2 } = {},
) {
  const scenario = plantOf(machines, seed, everyS);
  const pipeline = new Pipeline(unconnectedEdge({ assets: assetsOf(scenario) }), states);
  const plant = scenario.machines.map((m) => new SimulatedMachine(m, seed));
  const wiring = new Wiring(scenario, plant);
  const reported: ReportedFault[] = [];
  const kept = new Map<string, Buffer>();
  for (let t = fromS; t < fromS + seconds; t += 1) {
    for (const machine of plant)
      for (const message of messagesAt(machine, scenario, t, 1, BEGIN_MS)) {
        const { machine: asset, point, stampMs, content } = wiring.deliver(message);
        const base = { asset, point, timeQuality: 'source' } as const;
        const times = { timesUs: Float64Array.of(stampMs * 1000) };
        if (content.kind === 'value')
          pipeline.accept(
            { ok: true, block: { ...base, kind: 'scalars', ...times, values: Float64Array.of(content.value) } },
            stampMs,
          );
        else if (content.kind === 'waveform') {
          const { samples } = content;
          const block = { ...base, kind: 'waveform', startUs: stampMs * 1000, sampleRateHz: 12_800, samples } as const;
          pipeline.accept({ ok: true, block }, stampMs);
        }
      }
    const { outgoing, states: changed } = pipeline.drain({ ledger: null });
    for (const { key, value } of changed) kept.set(key, value);
    for (const { kind, body } of outgoing) {
      if (kind !== 'alerts') continue;
      const { wiring: about, ...alert } = body as Omit<ReportedFault, 'kind'> & { wiring?: { kind: string } };
      reported.push({ ...alert, atS: t, kind: about?.kind });
    }
  }
  return { told: reported, kept };
}

const pump = { name: 'pump', kind: 'pump', ratedRpm: 1480 };
const fan = { name: 'fan', kind: 'fan', ratedRpm: 990 };
const motor = { name: 'motor', kind: 'motor', ratedRpm: 2970 };
const compressor = { name: 'compressor', kind: 'compressor', ratedRpm: 2960 };
const gearbox = { name: 'gearbox', kind: 'gearbox', ratedRpm: 1480 };
const wired = (machine: object, ...wiring: object[]) => ({ ...machine, sensors: ['1H', '2H'], wiring });

test.each([
  ['swapped_sensors', wired(pump, { kind: 'swapped_sensors', point: '2H', with: 'fan/2H' }), fan, 'exchange'],
  ['swapped_sensors', wired(motor, { kind: 'swapped_sensors', point: '1H', with: 'pump/2H' }), pump, 'exchange'],
  ['swapped_sensors', wired(fan, { kind: 'swapped_sensors', point: 'speed', with: 'current' }), pump, 'exchange'],
  ['wrong_scale', wired(pump, { kind: 'wrong_scale', point: '2H', factor: 1000 }), fan, 'thousandths'],
  ['wrong_scale', wired(pump, { kind: 'wrong_scale', point: '2H', factor: 9.80665 }), fan, 'm/s²'],
  ['wrong_scale', wired(motor, { kind: 'wrong_scale', point: '1H', factor: 0.001 }), fan, 'reverse of thousandths'],
  ['wrong_scale', wired(gearbox, { kind: 'wrong_scale', point: 'speed', factor: 1 / 60 }), fan, 'in Hz'],
  ['wrong_scale', wired(fan, { kind: 'wrong_scale', point: 'speed', factor: 0.10472 }), pump, 'in rad/s'],
  ['wrong_scale', wired(fan, { kind: 'wrong_scale', point: 'temperature', offset: 273.15 }), pump, 'kelvin'],
  ['wrong_mains_frequency', wired(motor, { kind: 'wrong_mains_frequency', configuredHz: 60 }), fan, 'lineHz to 50'],
  ['wrong_mains_frequency', wired(pump, { kind: 'wrong_mains_frequency', configuredHz: 60 }), fan, 'lineHz to 50'],
  ['wrong_speed', wired(pump, { kind: 'wrong_speed', factor: 2 }), fan, 'lines at 14'],
  ['wrong_speed', wired(fan, { kind: 'wrong_speed', factor: 0.5 }), pump, 'lines at 9'],
  ['wrong_speed', wired(fan, { kind: 'wrong_speed', factor: 2 }), pump, 'lines at 9'],
  ['wrong_speed', wired(compressor, { kind: 'wrong_speed', factor: 2 }), pump, 'lines at 29'],
  ['inverted_axis', wired(pump, { kind: 'inverted_axis', point: 'flow' }), fan, 'change the sign'],
  ['inverted_axis', wired(fan, { kind: 'inverted_axis', point: 'speed' }), pump, 'change the sign'],
  ['dead_channel', wired(pump, { kind: 'dead_channel', point: '1H' }), fan, 'check the sensor'],
  ['dead_channel', wired(motor, { kind: 'dead_channel', point: 'current' }), fan, 'check the transducer'],
  ['duplicate_signal', wired(pump, { kind: 'duplicate_signal', point: '1H', of: '2H' }), fan, 'same values as pump/'],
  [
    'duplicate_signal',
    wired(fan, { kind: 'duplicate_signal', point: 'temperature', of: 'pump/temperature' }),
    pump,
    'same values as',
  ],
])('%s is reported once, to the integrator, with the remedy: %o', (kind, machine, other, remedy) => {
  const { told: reported } = run([machine, other], 180);
  expect(reported.map((t) => [t.kind, t.change])).toEqual([[kind, 'raise']]);
  expect(reported[0].text).toContain(remedy);
});

test('sensors swapped while the machines run are reported within minutes', () => {
  const swap = { kind: 'swapped_sensors', point: '2H', with: 'fan/2H', atS: 200 };
  const { told: reported } = run([{ ...gearbox, ratedRpm: 2970, wiring: [swap] }, fan], 480);
  const swapped = reported.filter((t) => t.kind === 'swapped_sensors');
  expect(swapped.map((t) => [t.asset, t.change])).toEqual([['fan', 'raise']]);
  expect(swapped[0].atS).toBeGreaterThan(200);
}, 60_000);

test("a bearing other than the configured one is recognised by its lines, beside the machine's alert", () => {
  const configured = { bpfo: 5.21, bpfi: 7.79, bsf: 2.51, ftf: 0.401 };
  const faults = [{ type: 'outer_race', point: '2H', onsetS: 150, firstG: 0.5, doublingS: 15, limitG: 8 }];
  const { told: reported } = run(
    [{ ...pump, sensors: ['2H'], faults, wiring: [{ kind: 'wrong_bearing', configured }] }],
    420,
    {
      everyS: 1,
    },
  );
  const reports = reported.filter((t) => t.kind !== undefined);
  expect(reports.map((t) => [t.kind, t.change])).toEqual([['wrong_bearing', 'raise']]);
  expect(reports[0].text).toContain('lines at 3.58 orders match the outer race of a SKF 6205');
  expect(reported.some((t) => t.kind === undefined && t.change === 'raise')).toBe(true);
}, 60_000);

test('a reported fault is not repeated after a restart, and returns when corrected', () => {
  const dead = wired(pump, { kind: 'dead_channel', point: '1H' });
  const { told: reported, kept } = run([dead], 120);
  expect(reported.map((t) => t.change)).toEqual(['raise']);
  const again = run([dead], 120, { states: kept, fromS: 120 });
  expect(again.told).toEqual([]);
  const mended = run([{ ...pump, sensors: ['1H', '2H'] }], 300, {
    states: new Map([...kept, ...again.kept]),
    fromS: 240,
  });
  expect(mended.told.map((t) => [t.kind, t.change])).toEqual([['dead_channel', 'return']]);
}, 60_000);

test('machines of every kind with changing load raise no wiring fault', () => {
  const { told: reported } = run([pump, fan, motor, compressor, gearbox], 400);
  expect(reported).toEqual([]);
}, 60_000);
