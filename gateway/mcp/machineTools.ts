import { z } from 'zod';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Columns, MachineView } from '#models/contracts/api.ts';
import type { SignalEvidence } from '#models/contracts/evidence.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';
import { machineInput, pathOf, type Tool, tool, withQuery } from './tool.ts';

/** Number of highest spectral lines returned: the rest is noise to a reader. */
const LINES = 25;
const limit = (most: number, usual: number) => z.int().min(1).max(most).default(usual);

/** Tools for machines, alerts and their evidence. */
export const machineTools: readonly Tool[] = [
  tool({
    name: 'list_machines',
    description:
      'Every machine: status (NAMUR NE 107), health index (1 is the alert limit), whether it is watched at all, and how many alerts are active. A machine that is not watched has no verdict.',
    input: {
      site: z.string().optional(),
      status: z.enum(['FAILURE', 'MAINTENANCE_REQUIRED', 'OFF_SPEC', 'CHECK_FUNCTION', 'NORMAL']).optional(),
    },
    run: async (request, { site, status }) => {
      const machines = (await request('/api/v1/machines')) as MachineView[];
      const selected = machines.filter(
        ({ health }) => (site ?? health.site) === health.site && (status ?? health.status) === health.status,
      );
      return selected.map(({ health, watch, activeAlerts }) => ({
        site: health.site,
        edge: health.edge,
        asset: health.asset,
        kind: health.kind,
        status: health.status,
        index: health.index ?? null,
        watch: watch.state,
        activeAlerts,
      }));
    },
  }),
  tool({
    name: 'get_machine',
    description:
      'One machine in full: its newest health message with each point and remaining life, units of its points, its active alerts.',
    input: machineInput,
    run: async (request, { site, edge, asset }) => {
      const machines = (await request('/api/v1/machines')) as MachineView[];
      const found = machines.find(({ health: h }) => h.site === site && h.edge === edge && h.asset === asset);
      if (found === undefined) throw new Error(`no machine ${site}/${edge}/${asset}`);
      const alerts = (await request(withQuery('/api/v1/alerts', { site, asset }))) as AlertRecord[];
      return { ...found, alerts: alerts.filter((a) => a.edge === edge) };
    },
  }),
  tool({
    name: 'list_alerts',
    description: 'Alerts, the newest first: those that are active, or all of them.',
    input: {
      state: z.enum(['active', 'all']).default('active'),
      severity: z.enum(['warning', 'critical']).optional(),
      site: z.string().optional(),
      asset: z.string().optional(),
      limit: limit(200, 50),
    },
    run: (request, args) => request(withQuery('/api/v1/alerts', args)),
  }),
  tool({
    name: 'get_alert',
    description:
      'One alert with its diagnosis, what contributed to it, its history, and how often earlier alerts of the same rule were right.',
    input: { id: z.string() },
    run: async (request, { id }) => ({
      alert: await request(`/api/v1/alerts/${pathOf(id)}`),
      trackRecord: await request(`/api/v1/alerts/${pathOf(id)}/track-record`),
    }),
  }),
  tool({
    name: 'get_evidence',
    description:
      'What an alert was raised on: sensor, unit, sample rate, the stretches recorded, and the lines that the diagnosis used. Without the samples.',
    input: { id: z.string().describe('id of the alert or of a recording') },
    run: async (request, { id }) => {
      const { pieces, decision, ...evidence } = (await request(`/api/v1/evidence/${pathOf(id)}`)) as SignalEvidence;
      return {
        ...evidence,
        hasDecision: decision !== undefined,
        pieces: pieces.map(({ startUs, samples }) => ({ startUs, base64Length: samples.length })),
      };
    },
  }),
  tool({
    name: 'get_spectrum',
    description: `The newest spectrum of a vibration point: its ${LINES} highest lines, in Hz and the unit of the sensor.`,
    input: { ...machineInput, point: z.string() },
    run: async (request, { site, edge, asset, point }) => {
      const spectrum = (await request(`/api/v1/spectra/${pathOf(site, edge, asset, point)}`)) as Spectrum;
      return { unit: spectrum.unit, timeMs: spectrum.timeMs, stepHz: spectrum.stepHz, lines: highestLines(spectrum) };
    },
  }),
  tool({
    name: 'get_trend',
    description:
      'A series in intervals, each with mean and largest value: the health index of a machine (field index), or a feature of a point such as rms, kurtosis or velocityRms.',
    input: {
      ...machineInput,
      point: z.string().optional().describe('absent: the health of the machine'),
      field: z.string().default('index'),
      hours: z.number().positive().max(9000).default(24),
      points: z.int().min(2).max(500).default(100),
    },
    run: async (request, { hours, point, ...query }) => {
      const toMs = Date.now();
      const measurement = point === undefined ? 'millwright_health' : 'millwright_features';
      const range = { fromMs: Math.round(toMs - hours * 3_600_000), toMs };
      return (await request(withQuery('/api/v1/series', { ...query, point, measurement, ...range }))) as Columns;
    },
  }),
  tool({
    name: 'get_work_list',
    description: 'Machines with open alerts by the risk that an hour of work on them avoids, in money.',
    input: { days: z.int().min(1).max(90).default(7) },
    run: (request, args) => request(withQuery('/api/v1/work-list', args)),
  }),
  tool({
    name: 'acknowledge_alert',
    description: 'Acknowledges an alert, with a comment.',
    input: { id: z.string(), by: z.string().min(1).max(100), comment: z.string().min(1).max(1000) },
    isAction: true,
    run: (request, { id, ...body }) => request(`/api/v1/alerts/${pathOf(id)}/acknowledge`, body),
  }),
];

/** The highest lines of a spectrum, in descending order. Pure. */
export function highestLines({ amplitude, stepHz }: Pick<Spectrum, 'amplitude' | 'stepHz'>) {
  return amplitude
    .map((value, i) => ({ hz: Number((i * stepHz).toPrecision(6)), amplitude: value }))
    .toSorted((a, b) => b.amplitude - a.amplitude)
    .slice(0, LINES);
}
