import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed, type Restartable, startVictoria } from '#simulators/endToEnd/servers.ts';
import { flagFindings } from '../doctor/checkHistorian.ts';
import type { SeriesRow } from './historian.ts';
import { checkHistorian } from './historianChecks.ts';
import { VictoriaHistorian } from './victoriaHistorian.ts';

/** Flushes after each write; otherwise rows become visible only after some seconds. */
class Flushed extends VictoriaHistorian {
  readonly #url: string;

  constructor(url: string) {
    super({ type: 'victoriametrics', url, database: 'millwright', retentionDays: 36_000 }, Date.now);
    this.#url = url;
  }

  override async write(rows: readonly SeriesRow[]) {
    const written = await super.write(rows);
    await fetch(`${this.#url}/internal/force_flush`);
    return written;
  }
}

describe.skipIf(!installed('victoria-metrics'))('a real VictoriaMetrics', () => {
  let server: { url: string; process: Restartable };
  beforeAll(async () => {
    server = await startVictoria(mkdtempSync(join(tmpdir(), 'millwright-victoria-')));
  });
  afterAll(() => server?.process.end('SIGKILL'));

  checkHistorian('VictoriaMetrics', async () => new Flushed(server.url), { replaces: false });

  test('the newest seconds are read sample by sample, and a peak in them is kept', async () => {
    const historian = new Flushed(server.url);
    const tags = { site: 's', edge: 'e', asset: 'live', point: 'x' };
    const nowMs = Math.floor(Date.now() / 1000) * 1000;
    const rows = Array.from({ length: 120 }, (_, i) => ({
      measurement: 'millwright_features' as const,
      tags,
      timeUs: (nowMs - (119 - i) * 1000) * 1000,
      fields: { rms: i === 118 ? 500 : i },
    }));
    await historian.write(rows);
    const query = { measurement: 'millwright_features', tags, field: 'rms', toMs: nowMs + 500 } as const;
    const columns = await historian.read({ ...query, fromMs: nowMs - 119_000, points: 239 });
    expect(columns.mean).toEqual(rows.map(({ fields }) => fields.rms));
    expect(columns.timeMs).toEqual(rows.map(({ timeUs }) => timeUs / 1000));
    expect((await historian.read({ ...query, fromMs: nowMs - 119_500, points: 6 })).max.at(-1)).toBe(500);
  });

  test('more intervals than the server returns per query', async () => {
    const historian = new Flushed(server.url);
    const tags = { site: 's', edge: 'e', asset: 'long', point: 'x' };
    const fromMs = Date.now() - 86_400_000;
    const at = [0, 39_999, 40_000, 79_999];
    await historian.write(
      at.map((second) => ({
        measurement: 'millwright_features',
        tags,
        timeUs: (fromMs + second * 1000) * 1000,
        fields: { rms: second },
      })),
    );
    const query = { measurement: 'millwright_features', tags, field: 'rms', fromMs, toMs: fromMs + 8e7 } as const;
    expect((await historian.read({ ...query, points: 80_000 })).mean).toEqual(at);
  });

  test('the server endpoints that the doctor relies on', async () => {
    const flags = await (await fetch(`${server.url}/flags`)).text();
    expect(flagFindings(flags, 36_000)).toEqual([]);
    expect(flagFindings(flags.replace('1ms', '0s'), 36_501)).toHaveLength(2);
  });

  test('an unreachable server does not count as a refusal', async () => {
    const settings = { type: 'victoriametrics', url: 'http://127.0.0.1:1', database: 'd', retentionDays: 1 } as const;
    const row = {
      measurement: 'millwright_health',
      tags: { site: 's', edge: 'e', asset: 'a' },
      timeUs: Date.now() * 1000,
      fields: { index: 1 },
    } as const;
    await expect(new VictoriaHistorian(settings, Date.now).write([row])).rejects.toThrow();
  });
});
