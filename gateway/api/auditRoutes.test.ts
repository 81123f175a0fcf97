import { expect, test } from 'vitest';
import { apiServer } from './apiServer.fixture.ts';

test('the log is read in both directions, filtered, and verified', async () => {
  const { app, store } = await apiServer();
  for (const [who, what] of [
    ['Ann', 'acknowledge'],
    ['Bob', 'shelve'],
  ])
    store.audit(5, who, what, 'demo.x', null);
  const get = async (path: string) => (await app.inject({ url: `/api/v1/audit${path}` })).json();
  const whoOf = (page: { entries: { who: string }[] }) => page.entries.map((e) => e.who);
  expect(whoOf(await get(''))).toEqual(['Ann', 'Bob']);
  expect(await get('?order=newest&limit=1')).toMatchObject({ entries: [{ who: 'Bob' }], next: 2 });
  expect(whoOf(await get('?order=newest&before=2'))).toEqual(['Ann']);
  expect(whoOf(await get('?order=newest&what=SHELVE'))).toEqual(['Bob']);
  expect(await get('/verification')).toMatchObject({ entries: 2, faultCount: 0, faults: [], atMs: 5 });
});
