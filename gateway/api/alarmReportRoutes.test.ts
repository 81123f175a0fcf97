import { expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer } from './apiServer.fixture.ts';

/** Cells of the row that begins with a name. */
function rowOf(html: string, name: string): string[] {
  const row = html.split('<tr>').find((text) => text.startsWith(`<td>${name}</td>`)) ?? '';
  return [...row.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell);
}

test('a monthly report shows its measures beside those of the previous month, its findings and its value', async () => {
  // The server's clock is fixed, so everything is received at this time.
  const { app, store } = await apiServer({}, Date.UTC(2026, 4, 20, 12));
  for (let i = 0; i < 12; i++) takeAlert(store, { id: `s.e.pump-${i}.vibration.1`, asset: `pump-${i}` });
  takeAlert(store, { id: 'x', site: 'other', severity: 'critical' });
  store.act('s.e.pump-1.vibration.1', { action: 'close', finding: 'confirmed' }, 'Ann');
  store.act('s.e.pump-2.vibration.1', { action: 'close', finding: 'false_alarm' }, 'Ann');
  const get = (query: string) => app.inject(`/api/v1/alarm-report${query}`);
  const page = await get('?month=2026-05&operators=2');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  const html = page.payload;
  expect(html).toContain('<h1>Alarm system of all sites, 2026-05</h1>');
  expect(rowOf(html, 'Alerts')).toEqual(['Alerts', '13', '0', '', '']);
  expect(rowOf(html, 'Peak per operator in ten minutes').slice(1)).toEqual(['6.5', '0', 'at most 10', 'yes']);
  expect(rowOf(html, 'Critical alerts')[1]).toBe('1');
  expect(html).toContain('<title>2026-05-20: 13</title>');
  expect(html).toContain('<title>2026-05-19: 0</title>');
  expect(rowOf(html, 'vibration outer_race').slice(1, 5)).toEqual(['1', '1', '0', '50 % (95 %: 9.45 % to 90.5 %)']);
  expect(html).toContain('9850 EUR: 1 unplanned stops avoided, 0 late alerts, 1 inspections');
  const alone = (await get('?month=2026-05&site=s')).payload;
  expect(alone).toContain('Alarm system of s, 2026-05');
  expect(rowOf(alone, 'Alerts')[1]).toBe('12');
  expect(rowOf(alone, 'Peak per operator in ten minutes').slice(1)).toEqual(['12', '0', 'at most 10', 'no']);
  const june = (await get('?month=2026-06')).payload;
  expect(rowOf(june, 'Alerts').slice(1, 3)).toEqual(['0', '13']);
  expect(june).toContain('<h2>Most frequent sources</h2>\n<p>None.</p>');
  // By default, the last complete month.
  expect((await get('')).payload).toContain('all sites, 2026-04');
  expect((await get('?month=2026-13')).statusCode).toBe(400);
});
