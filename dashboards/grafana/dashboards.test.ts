import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dashboardJson, dashboards } from './dashboards.ts';

test.each(Object.entries(dashboards))('the provisioned %s matches the code (npm run build:grafana)', (file, build) => {
  const url = new URL(`./provisioning/dashboards/${file}`, import.meta.url);
  expect(readFileSync(url, 'utf8')).toBe(dashboardJson(build));
});
