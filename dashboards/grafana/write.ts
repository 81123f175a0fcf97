// Writes the provisioned dashboard: npm run build:grafana
import { writeFileSync } from 'node:fs';
import { machinesJson } from './machines.ts';

writeFileSync(new URL('./provisioning/dashboards/machines.json', import.meta.url), machinesJson());
