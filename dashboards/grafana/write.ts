// Writes the provisioned dashboards: npm run build:grafana
import { writeFileSync } from 'node:fs';
import { dashboardJson, dashboards } from './dashboards.ts';

for (const [file, build] of Object.entries(dashboards))
  writeFileSync(new URL(`./provisioning/dashboards/${file}`, import.meta.url), dashboardJson(build));
