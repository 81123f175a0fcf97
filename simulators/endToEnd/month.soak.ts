import { expect, test } from 'vitest';
import { JobRunner } from '#edge/models/runJobs.ts';
import { Pipeline } from '#edge/pipeline/pipeline.ts';
import { SimulatedMachine } from '../machine.ts';
import { type Calendar, type MachineKind, type SimulatedMachineConfig, scenarioSchema } from '../scenario.ts';
import { assetsOf } from '../scenarioAssets.ts';
import { unconnectedEdge } from './unconnectedEdge.ts';

/**
 * `npm run soak:month`: fifty healthy machines for a month, judged by an edge with shipped defaults; each alert is
 * false. MILLWRIGHT_FIRST_SEED, MILLWRIGHT_SEEDS, MILLWRIGHT_MACHINES and MILLWRIGHT_DAYS change the run.
 */
const FIRST_SEED = Number(process.env.MILLWRIGHT_FIRST_SEED ?? 1);
const SEEDS = Number(process.env.MILLWRIGHT_SEEDS ?? 3);
const MACHINES = Number(process.env.MILLWRIGHT_MACHINES ?? 50);
const DAYS = Number(process.env.MILLWRIGHT_DAYS ?? 30);
const FIRST_DAYS = 7;
/** Allowed false alerts per machine-month: in total, and in the first week. */
const MOST = 0.3;
const MAX_AT_FIRST = 0.5;
const FRAME_S = 600;
/** The shipped interval: with a longer one, no machine has enough rows for its own model within the month. */
const VALUE_S = 10;
const RATE_HZ = 12_800;
const SAMPLES = 4096;
const BEGIN_MS = Date.UTC(2026, 5, 1);
const KINDS: MachineKind[] = ['motor', 'pump', 'fan', 'gearbox', 'compressor'];

/** Shifts, weekends, speeds, a hot week: each machine has some of them. */
function machine(i: number): SimulatedMachineConfig {
  const calendar: Partial<Calendar> = {
    nightLoad: [1, 0.8, 0.6][i % 3],
    restsAtWeekends: i % 4 === 3,
    speeds: i % 5 === 4 ? [1, 0.9] : [1],
    ambientSwingDegC: 4,
    heat: { fromDay: 14, days: 7, degC: 8 },
  };
  const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
  const iso = { group: 2, foundation: 'rigid' } as const;
  const ratedRpm = [990, 1480, 2970][i % 3];
  return {
    name: `m${i}`,
    kind: KINDS[i % KINDS.length],
    ratedRpm,
    bearing,
    iso,
    sensors: ['2H'],
    calendar: calendar as Calendar,
    faults: [],
    wiring: [],
  };
}

test.each(Array.from({ length: SEEDS }, (_, i) => FIRST_SEED + i))(
  `${MACHINES} healthy machines for ${DAYS} days, seed %i`,
  async (seed) => {
    const scenario = scenarioSchema.parse({ seed, machines: Array.from({ length: MACHINES }, (_, i) => machine(i)) });
    const config = unconnectedEdge({ assets: assetsOf(scenario) });
    const pipeline = new Pipeline(config);
    const machines = scenario.machines.map((m) => new SimulatedMachine(m, seed));
    const raised: { day: number; text: string }[] = [];
    const runner = new JobRunner();
    let own = 0;
    for (let t = 0; t < DAYS * 86_400; t += VALUE_S) {
      const atUs = (BEGIN_MS + t * 1000) * 1000;
      for (const one of machines) {
        const base = { asset: one.config.name, timeQuality: 'source' } as const;
        for (const { point, value } of one.processValues(t)) {
          const block = {
            ...base,
            kind: 'scalars',
            point,
            timesUs: Float64Array.of(atUs),
            values: Float64Array.of(value),
          } as const;
          pipeline.accept({ ok: true, block }, atUs / 1000);
        }
        if (t % FRAME_S !== 0) continue;
        const samples = one.waveform('2H', t, RATE_HZ, SAMPLES);
        const block = {
          ...base,
          kind: 'waveform',
          point: '2H',
          startUs: atUs,
          sampleRateHz: RATE_HZ,
          samples,
        } as const;
        pipeline.accept({ ok: true, block }, atUs / 1000);
      }
      for (const work of pipeline.takeModelWork())
        pipeline.applyModelResults(work, await runner.run(work.work.jobs.map(({ job }) => job)), atUs / 1000);
      if (t % 3600 !== 0) continue;
      own += await learnOwn(pipeline, runner);
      for (const { kind, body } of pipeline.drain({ ledger: null }).outgoing) {
        const { change, text, timeMs } = body as { change?: string; text: string; timeMs: number };
        if (kind === 'alerts' && change === 'raise') raised.push({ day: (timeMs - BEGIN_MS) / 86_400_000, text });
      }
    }
    const rate = (alerts: number, days: number) => alerts / ((MACHINES * days) / 30);
    const early = raised.filter((r) => r.day < FIRST_DAYS).length;
    const [all, first] = [rate(raised.length, DAYS), rate(early, Math.min(DAYS, FIRST_DAYS))];
    process.stderr.write(
      `seed ${seed}: ${own} machines judged by a model of their own; ${raised.length} false alerts, ${all.toFixed(2)} a machine-month; first week ${early}, ${first.toFixed(2)} a machine-month\n${raised.map((r) => `day ${r.day.toFixed(1)}: ${r.text}`).join('\n')}\n`,
    );
    // After a week each machine has trained its own model.
    if (DAYS > 10) expect(own).toBe(MACHINES);
    expect(all).toBeLessThanOrEqual(MOST);
    expect(first).toBeLessThanOrEqual(MAX_AT_FIRST);
  },
);

/** Trains models of machines with enough rows, as an edge does; returns their number. */
async function learnOwn(pipeline: Pipeline, runner: JobRunner): Promise<number> {
  let learned = 0;
  for (const { asset, ...request } of pipeline.takeTrainingRows()) {
    const result = await runner.learn(request);
    if (!result.ok) throw new Error(`${asset}: ${result.why}`);
    const { model, members } = result;
    pipeline.updateModels(asset, (slot) =>
      slot.install({ id: asset, name: 'own', release: '1', model, members }, 'live'),
    );
    learned++;
  }
  return learned;
}
