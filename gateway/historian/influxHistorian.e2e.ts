import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Influx, installed, startInflux } from '#simulators/endToEnd/servers.ts';
import { checkHistorian } from './historianChecks.ts';
import { InfluxHistorian } from './influxHistorian.ts';

describe.skipIf(!installed('influxd'))('a real InfluxDB', () => {
  let influx: Influx;
  const open = () => new InfluxHistorian({ type: 'influx', url: influx.url, database: 'millwright' });
  beforeAll(async () => {
    influx = await startInflux(mkdtempSync(join(tmpdir(), 'millwright-influx-')));
  });
  afterAll(() => influx?.process.end('SIGKILL'));

  checkHistorian('InfluxDB', async () => open());

  test('permanently refused rows are isolated and reported; the others are written', async () => {
    const row = (asset: string, index: number | string) => ({
      measurement: 'millwright_health' as const,
      tags: { site: 's', edge: 'e', asset },
      timeUs: Date.UTC(2026, 0, 5) * 1000,
      fields: { index },
    });
    await open().write([row('a', 1)]);
    const result = await open().write([row('b', 2), row('c', 'a text where a number was'), row('d', 4)]);
    expect(result).toMatchObject({ refused: 1, why: expect.stringContaining('field type conflict') });
    const { values } = await influx.query('SELECT "index", asset FROM millwright_health');
    expect(values.map((v) => v[2]).sort()).toEqual(['a', 'b', 'd']);
  });

  test('an unreachable server does not count as a refusal', async () => {
    const away = new InfluxHistorian({ type: 'influx', url: 'http://127.0.0.1:1', database: 'millwright' });
    const row = {
      measurement: 'millwright_health',
      tags: { site: 's', edge: 'e', asset: 'a' },
      timeUs: 1,
      fields: { index: 1 },
    } as const;
    await expect(away.write([row])).rejects.toThrow();
  });
});
