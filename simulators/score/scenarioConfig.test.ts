import { expect, test } from 'vitest';
import { edgeConfigSchema } from '#edge/config.ts';
import { scenarioSchema } from '../scenario.ts';
import { edgeConfig } from './scenarioConfig.ts';

test.each([
  [4096, 4096],
  [10_000, 8192],
  [256, 256],
])('frames of %i samples are judged in windows of %i', (samples, length) => {
  const bearing = { bpfo: 3.6, bpfi: 5.4, bsf: 2.4, ftf: 0.4 };
  const machines = [{ name: 'm', kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'] }];
  const scenario = scenarioSchema.parse({ waveform: { samples }, machines });
  const config = edgeConfigSchema.parse(edgeConfig(scenario, 'unused', 1, 'mqtt://x', 1));
  expect(config.windows).toMatchObject({ length, hop: length });
});
