import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planningDashboard } from '#dashboards/grafana/planning.ts';
import type { PlanItem, PlanSummary } from '#models/contracts/plan.ts';
import { supplyTableNames } from '#models/supply/supplyTables.ts';
import { type Broker, type Influx, installed, startInflux, startMosquitto } from '#simulators/endToEnd/servers.ts';
import { Gateway, runMillwright } from '#simulators/endToEnd/services.ts';
import { until } from '#simulators/endToEnd/until.ts';

const servers = ['mosquitto', 'mosquitto_pub', 'influxd'] as const;

/** A simulated supply chain, loaded into a real gateway from a folder, over MQTT and over REST. */
describe.skipIf(!servers.every(installed))('planning in a real gateway', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-planning-'));
  const folder = join(directory, 'inbox');
  const tables = join(directory, 'tables');
  let broker: Broker;
  let influx: Influx;
  let gateway: Gateway;
  const get = async (path: string) => (await fetch(`${gateway.url}${path}`)).json();
  const plan = async () => (await get('/api/v1/plan?limit=1000')) as { summary: PlanSummary | null; items: PlanItem[] };
  const rows = async (): Promise<Record<string, number>> => (await get('/api/v1/supply')).rows;
  const publish = (table: string, text: string) => {
    const file = join(directory, 'message');
    writeFileSync(file, text);
    const port = String(broker.port);
    execFileSync('mosquitto_pub', ['-p', port, '-q', '1', '-t', `millwright/v1/supply/${table}`, '-f', file]);
  };

  beforeAll(async () => {
    broker = await startMosquitto(directory);
    influx = await startInflux(directory);
    await runMillwright(directory, 'tables', ['simulate-supply', '--out', tables, '--seed', '3', '--months', '40']);
    mkdirSync(folder);
    gateway = await Gateway.start(directory, broker.url, {
      historian: { type: 'influx', url: influx.url },
      planning: { folder, leastSeconds: 1 },
    });
  });
  afterAll(async () => {
    await gateway?.process.end('SIGKILL');
    await broker?.process.end('SIGKILL');
    await influx?.process.end('SIGKILL');
  });

  test('watched folder: tables are imported, and a plan follows', async () => {
    for (const table of supplyTableNames) {
      if (table === 'stock') continue;
      writeFileSync(join(folder, `${table}-export.csv`), readFileSync(join(tables, `${table}.csv`)));
    }
    writeFileSync(join(folder, 'demand-broken.csv'), 'item,date,quantity\na,soon,3\n');
    await until(async () => (await rows()).demand > 1000 && (await plan()).items.length > 15, 30_000);
    await until(async () => existsSync(join(folder, 'refused', 'demand-broken.csv.why.txt')), 10_000);
    expect(readFileSync(join(folder, 'refused', 'demand-broken.csv.why.txt'), 'utf8')).toMatch(/line 2, column 2/);
  });

  test('MQTT: published tables survive a kill; invalid ones get an error report', async () => {
    publish('stock', readFileSync(join(tables, 'stock.csv'), 'utf8'));
    await until(async () => (await rows()).stock > 10, 10_000);
    publish('items', 'item,unit_cost\na,much\n');
    await until(
      async () => (await gateway.metrics()).get('millwright_gateway_supply_tables_total{result="refused"}')! >= 2,
      10_000,
    );
    const before = await rows();
    await gateway.process.end('SIGKILL');
    publish('stock', JSON.stringify([{ item: 'late', quantity: 4 }]));
    await gateway.process.ready();
    // The broker queued it for the gateway's session.
    await until(async () => (await rows()).stock === before.stock + 1, 15_000);
    expect({ ...(await rows()), stock: 0 }).toEqual({ ...before, stock: 0 });
  });

  test('REST: importing the same table twice changes nothing; an invalid one is refused with its position', async () => {
    const post = (query: string, body: string) =>
      fetch(`${gateway.url}/api/v1/supply/${query}`, { method: 'POST', body, headers: { 'content-type': 'text/csv' } });
    const demand = readFileSync(join(tables, 'demand.csv'), 'utf8');
    const again = await (await post('demand?by=Ann', demand)).json();
    expect(again).toMatchObject({ added: 0, changed: 0, by: 'Ann' });
    expect(again.unchanged).toBe(again.rows);
    const broken = await post('stock', 'item,quantity\na,four\n');
    expect(broken.status).toBe(422);
    expect((await broken.json()).error).toMatch(/line 2, column 2 \(quantity\)/);
    expect((await post('nonsense', 'item\na\n')).status).toBe(400);
    const checked = await (await post('stock?check=true', 'item;quantity\nz;1,5\n')).json();
    expect(checked).toMatchObject({
      table: 'stock',
      rows: 1,
      notes: [expect.stringContaining('separated'), expect.stringContaining('decimal commas')],
    });
    await expect(
      runMillwright(directory, 'import', [
        'supply',
        'import',
        'stock',
        join(tables, 'stock.csv'),
        '--gateway',
        gateway.url,
      ]),
    ).resolves.toBe('');
  });

  test('the plan is complete: items by risk, columns for charts, levels, suppliers, CSV', async () => {
    await until(async () => (await plan()).items.some((i) => i.item === 'late'), 20_000);
    const { items, summary } = await plan();
    expect(summary).toMatchObject({ items: items.length, period: 'month' });
    expect(
      summary!.backtest.find((b) => b.class === 'all' && b.of === 'period')!.measures.coverage['0.95'],
    ).toBeGreaterThan(0.85);
    const risky = (await get('/api/v1/plan?sort=risk&limit=1000')).items as PlanItem[];
    expect(risky.every((i, k) => k === 0 || i.runOutProbability <= risky[k - 1].runOutProbability)).toBe(true);
    const { series } = await get('/api/v1/plan/item?item=P20&site=north');
    expect(series.forecast.date).toHaveLength(12);
    expect(series.forecast.quantiles['0.95']).toHaveLength(12);
    expect(series.history.date.length).toBe(series.history.quantity.length);
    expect((await get('/api/v1/plan/levels')).map((l: { level: string }) => l.level)).toContain('family');
    expect(await get('/api/v1/suppliers')).toHaveLength(3);
    const csv = await (await fetch(`${gateway.url}/api/v1/plan.csv`)).text();
    expect(csv.trim().split('\n')).toHaveLength(items.length + 1);
    const forecast = await (await fetch(`${gateway.url}/api/v1/forecast.csv`)).text();
    expect(forecast.trim().split('\n')).toHaveLength(items.length * 12 + 1);
  });

  test('InfluxDB has the plan, and every query of the Grafana dashboard returns data', async () => {
    const dashboard = JSON.parse(JSON.stringify(planningDashboard().build())) as {
      panels: { title: string; targets: { query: string }[] }[];
    };
    await until(async () => {
      const { values } = await influx.query('SELECT count("mean") FROM "millwright_forecast"');
      return values.length > 0 && Number(values[0][1]) >= 12;
    }, 20_000);
    for (const { title, targets } of dashboard.panels) {
      const { values } = await influx.query(targets[0].query.replaceAll('$item', '.*'));
      expect(values.length, title).toBeGreaterThan(0);
    }
  });

  test('a trial plan is not stored', async () => {
    const before = (await plan()).items.find((i) => i.item === 'P40' && i.site === 'north')!;
    const answer = await fetch(`${gateway.url}/api/v1/plan/what-if`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ item: 'P40', leadTimeFactor: 2 }),
    });
    const { items } = (await answer.json()) as { items: PlanItem[] };
    const tried = items.find((i) => i.site === 'north')!;
    expect(tried.reorderPoint).toBeGreaterThan(before.reorderPoint);
    expect((await plan()).items.find((i) => i.item === 'P40' && i.site === 'north')).toEqual(before);
  });
});
