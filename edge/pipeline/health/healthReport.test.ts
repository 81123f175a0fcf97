import { expect, test } from 'vitest';
import { assetSchema } from '#models/machine/asset.ts';
import { emptyMachineState } from '../machineState.ts';
import { HealthReport } from './healthReport.ts';

const namesIn = (points: object) => {
  const config = assetSchema.parse({ points });
  const report = new HealthReport(
    'pump-1',
    config,
    emptyMachineState(),
    () => undefined,
    () => null,
  );
  report.report(1000);
  return report.take()[0].pointNames;
};

test('health includes display names other than the id, also of a point called "constructor"', () => {
  const names = { '2H': { displayName: 'Antriebsseite' }, constructor: { displayName: 'c' }, '2V': {} };
  expect(namesIn(names)).toEqual({ '2H': 'Antriebsseite', constructor: 'c' });
  expect(namesIn({ '2V': {} })).toBeUndefined();
});
