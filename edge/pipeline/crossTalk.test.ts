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

/** First texts of the alerts of a motor with an unbalance and of the pump that it drives. */
function raisedTexts(part: number): Map<string, string> {
  const scenario = scenarioSchema.parse({
    machines: [
      { ...machine, name: 'motor', faults: [unbalance] },
      { ...machine, name: 'pump', coupling: { drivenBy: 'motor', part } },
    ],
  });
  const pipeline = new Pipeline(unconnectedEdge({ assets: assetsOf(scenario) }));
  const texts = new Map<string, string>();
  for (let t = 0; t < SECONDS; t += EVERY_S) {
    for (const one of machinesOf(scenario)) {
      const startUs = Math.round(1.7e15 + t * 1e6);
      const base = { asset: one.config.name, timeQuality: 'source' } as const;
      const values = { timesUs: Float64Array.of(startUs), values: Float64Array.of(one.rpm(t)) };
      pipeline.accept({ ok: true, block: { ...base, kind: 'scalars', point: 'speed', ...values } }, startUs / 1000);
      const samples = one.waveform('2H', t, RATE, FRAME);
      const block = { ...base, kind: 'waveform', point: '2H', startUs, sampleRateHz: RATE, samples } as const;
      pipeline.accept({ ok: true, block }, startUs / 1000);
    }
    for (const { kind, body } of pipeline.drain({ ledger: null }).outgoing) {
      const { change, asset, text } = body as unknown as { change?: string; asset: string; text: string };
      if (kind === 'alerts' && change === 'raise') texts.set(asset, text);
    }
  }
  return texts;
}

test('the alert of a coupled machine names the one that was alerted first and more strongly', {
  tags: 'slow',
  timeout: 60_000,
}, () => {
  const texts = raisedTexts(0.3);
  expect(texts.get('motor')).not.toContain('transmitted');
  expect(texts.get('pump')).toMatch(/; may be transmitted from motor, which was alerted first and more strongly$/);
});
