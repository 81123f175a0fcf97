import { expect, test } from 'vitest';
import { unconnectedEdge } from '#simulators/endToEnd/unconnectedEdge.ts';
import { machinesOf } from '#simulators/machine.ts';
import { scenarioSchema } from '#simulators/scenario.ts';
import { assetsOf } from '#simulators/scenarioAssets.ts';
import { Pipeline } from './pipeline.ts';

const [RATE, FRAME, EVERY_S, SECONDS] = [12_800, 4096, 0.5, 190];
const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const machine = { kind: 'pump', ratedRpm: 1480, bearing, iso: { group: 2, foundation: 'rigid' }, sensors: ['2H'] };
const unbalance = { type: 'unbalance', onsetS: 60, firstMmPerS: 2, doublingS: 20, limitMmPerS: 30 };

/** Newest alert texts, and per machine the origin of its vibration. */
interface Outcome {
  texts: Map<string, string>;
  origins: Map<string, string>;
}

/** @param own fault of the pump, which a motor with an unbalance drives. */
function outcomeOf(part: number, own: object[] = []): Outcome {
  const scenario = scenarioSchema.parse({
    machines: [
      { ...machine, name: 'motor', faults: [unbalance] },
      { ...machine, name: 'pump', faults: own, coupling: { drivenBy: 'motor', part } },
    ],
  });
  const pipeline = new Pipeline(unconnectedEdge({ assets: assetsOf(scenario) }));
  const [texts, origins] = [new Map<string, string>(), new Map<string, string>()];
  for (let t = 0; t < SECONDS; t += EVERY_S) {
    for (const one of machinesOf(scenario)) {
      const startUs = Math.round(1.7e15 + t * 1e6);
      const base = { asset: one.config.name, timeQuality: 'source' } as const;
      const values = { timesUs: Float64Array.of(startUs), values: Float64Array.of(one.processValues(t)[0].value) };
      pipeline.accept({ ok: true, block: { ...base, kind: 'scalars', point: 'speed', ...values } }, startUs / 1000);
      const samples = one.waveform('2H', t, RATE, FRAME);
      const block = { ...base, kind: 'waveform', point: '2H', startUs, sampleRateHz: RATE, samples } as const;
      pipeline.accept({ ok: true, block }, startUs / 1000);
    }
    for (const { kind, body } of pipeline.drain({ ledger: null }).outgoing) {
      const { asset, text, transmittedFrom } = body as unknown as Record<string, string>;
      if (kind === 'alerts') texts.set(asset, text);
      if (kind === 'health' && transmittedFrom) origins.set(asset, transmittedFrom);
    }
  }
  return { texts, origins };
}

test('transmitted vibration raises no alert of its own: the alert of its origin reports it', {
  tags: 'slow',
  timeout: 60_000,
}, () => {
  const { texts, origins } = outcomeOf(0.3);
  expect([...texts.keys()]).toEqual(['motor']);
  expect(texts.get('motor')).toMatch(/; transmitted to pump$/);
  expect([...origins]).toEqual([['pump', 'motor']]);
});

test("a machine's own fault is alerted, regardless of transmitted vibration", { tags: 'slow', timeout: 60_000 }, () => {
  const own = { type: 'outer_race', point: '2H', onsetS: 60, firstG: 1, doublingS: 20, limitG: 12 };
  const { texts } = outcomeOf(0.3, [own]);
  expect(texts.get('motor')).not.toContain('transmitted');
  expect(texts.get('pump')).toMatch(/outer-race defect/);
});
