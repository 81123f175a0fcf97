import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, type Influx, installed, startInflux, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Edge, Gateway, runMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';
import { machinesDashboard } from './machines.ts';

const SCENARIO = fileURLToPath(new URL('../../simulators/scenarios/demo.yaml', import.meta.url));
const PLANT_S = 120;
const BEGIN_MS = Date.now() - PLANT_S * 1000;

interface Panel {
  title: string;
  targets: { query: string }[];
}

/** Expands macros and variables as Grafana does. */
function expanded(query: string): string {
  return query
    .replaceAll('$timeFilter', `time >= ${BEGIN_MS}ms AND time <= ${BEGIN_MS + PLANT_S * 1000}ms`)
    .replaceAll('$__interval', '5s')
    .replaceAll(/\$(site|asset)\b/g, '(.*)');
}

describe.skipIf(!installed('mosquitto') || !installed('influxd'))(
  "the dashboard's queries on the demo plant, in a real InfluxDB",
  () => {
    let broker: Broker;
    let influx: Influx;
    let gateway: Gateway;
    let edge: Edge;
    const dashboard = JSON.parse(JSON.stringify(machinesDashboard().build())) as {
      panels: Panel[];
      templating: { list: { name: string; query: string }[] };
    };

    beforeAll(async () => {
      const directory = mkdtempSync(join(tmpdir(), 'millwright-grafana-'));
      broker = await startMosquitto(directory);
      influx = await startInflux(directory);
      gateway = await Gateway.start(directory, broker.url, { historian: { type: 'influx', url: influx.url } });
      edge = await Edge.start(directory, broker.url, { healthIntervalMs: 5000 });
      await until(async () => (await edge.metrics()).get('millwright_edge_source_connected{source="0"}') === 1, 10_000);
      const begin = new Date(BEGIN_MS).toISOString();
      await runMillwright(directory, 'plant', [
        'simulate',
        SCENARIO,
        '--mqtt',
        broker.url,
        '--speed',
        '10',
        '--begin',
        begin,
        '--duration',
        String(PLANT_S),
      ]);
      await until(async () => {
        const [e, g] = [await edge.metrics(), await gateway.metrics()];
        return e.get('millwright_edge_outbox_rows') === 0 && g.get('millwright_gateway_historian_queue_rows') === 0;
      }, 30_000);
    });
    afterAll(async () => {
      for (const one of [edge, gateway]) await one?.process.end('SIGTERM');
      for (const one of [influx, broker]) await one?.process.end('SIGKILL');
    });

    test.each(dashboard.panels.map((panel) => [panel.title, panel] as const))('%s', async (_title, panel) => {
      for (const { query } of panel.targets) {
        const { values } = await influx.query(expanded(query));
        expect(values.length).toBeGreaterThan(0);
        expect(values.flat().some((v) => v !== null)).toBe(true);
      }
    });

    test.each(dashboard.templating.list.map((v) => [v.name, v.query] as const))('variable %s', async (name, query) => {
      const { values } = await influx.query(expanded(query));
      const found = values.map((row) => row[1]);
      if (name === 'site') expect(found).toEqual(['test']);
      else expect(found).toHaveLength(9);
    });

    test('only the broken machine has an alert', async () => {
      const alerts = await gateway.alerts();
      expect(alerts.map((a) => a.asset)).toEqual(['pump-101']);
    });

    test('cardinality stays low: one series per point, and at most two per machine', async () => {
      const { values } = await influx.query('SHOW SERIES');
      // Nine machines, ten vibration sensors, 31 slow values.
      const points = (await gateway.ledger()).points.length;
      expect(values.length).toBeLessThanOrEqual(points + 2 * 9);
    });
  },
);
