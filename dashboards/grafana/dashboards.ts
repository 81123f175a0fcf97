import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { alarmsDashboard } from './alarms.ts';
import { machinesDashboard } from './machines.ts';
import { planningDashboard } from './planning.ts';

/** Dashboards provisioned in Grafana, by file name. */
export const dashboards: Record<string, () => DashboardBuilder> = {
  'alarms.json': alarmsDashboard,
  'machines.json': machinesDashboard,
  'planning.json': planningDashboard,
};

/** A dashboard in the JSON of Grafana's provisioning folder. */
export function dashboardJson(build: () => DashboardBuilder): string {
  return `${JSON.stringify(build().build(), null, 2)}\n`;
}
