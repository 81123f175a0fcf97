import { expect, test } from 'vitest';
import { pointSchema } from './asset.ts';

const faults = (bearing: unknown) => pointSchema.safeParse({ bearing }).error?.issues.map(({ message }) => message);

test.each([6205, '6205', 'SKF 6205-2RS JEM'])('the published bearing %s gives its factors', (bearing) => {
  expect(pointSchema.parse({ bearing }).bearing?.bpfo).toBeCloseTo(3.585, 2);
});

test('a derived one is shown but not applied; an unknown one lists the known ones', () => {
  expect(faults(6308)).toEqual([expect.stringMatching(/^{ bpfo: 3\.\d+, bpfi: .* within 4 %/)]);
  expect(faults('21')).toEqual([expect.stringMatching(/bpfo, .* SKF 6205/)]);
  expect(pointSchema.parse({})).toEqual({ role: 'condition' });
});
