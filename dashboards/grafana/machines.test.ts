import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { machinesJson } from './machines.ts';

test('the provisioned dashboard is what the code says (npm run build:grafana)', () => {
  const file = new URL('./provisioning/dashboards/machines.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(machinesJson());
});
