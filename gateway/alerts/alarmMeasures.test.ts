import { expect, test } from 'vitest';
import { alertStore, START_MS, takeAlert } from '../store/alertStore.fixture.ts';
import type { Run } from '../thread/runInThread.ts';
import { doTask } from '../thread/tasks.ts';
import { AlarmMeasures } from './alarmMeasures.ts';
import type { AlarmQuestion } from './alarmQuestions.ts';

const DAY_MS = 86_400_000;

/** Measures of a store; `isLarge` simulates many alerts, so that a worker thread answers. */
function measures(isLarge: boolean) {
  const { store, clock, directory } = alertStore();
  if (isLarge) Object.assign(store.statistics, { roughCount: () => 1e6 });
  const tasks: string[] = [];
  const running = { now: 0, most: 0 };
  const run: Run = async (task) => {
    tasks.push(task.kind === 'alarms' ? task.question.kind : task.kind);
    running.most = Math.max(running.most, ++running.now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running.now--;
    return doTask(structuredClone(task));
  };
  const parts = {
    place: directory,
    statistics: store.statistics,
    run,
    now: () => clock.ms,
    sites: () => ['s', 'quiet'],
  };
  return { alarms: new AlarmMeasures(parts), store, clock, tasks, running };
}

const health = (operators = 1): AlarmQuestion => ({ kind: 'health', fromMs: 0, toMs: START_MS + DAY_MS, operators });

test('a worker thread gives the same answers as the main thread does for few alerts', async () => {
  const [here, there] = [measures(false), measures(true)];
  for (const { store } of [here, there])
    for (let i = 0; i < 12; i++) takeAlert(store, { id: `${i}`, asset: `m${i % 3}`, point: `${i}` });
  expect(await there.alarms.ask(health())).toEqual(await here.alarms.ask(health()));
  expect(await here.alarms.ask(health())).toMatchObject({ alerts: 12, floods: [{ alerts: 12 }] });
  expect([here.tasks, there.tasks]).toEqual([[], ['health']]);
});

test('a thread answers questions in turn and equal ones once; questions beyond the queue limit are rejected', async () => {
  const { alarms, running, tasks } = measures(true);
  const pending = Array.from({ length: 20 }, (_, i) => alarms.ask(health(1 + Math.floor(i / 2))));
  const results = await Promise.allSettled(pending);
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect([running.most, tasks.length, refused.length]).toEqual([1, 8, 4]);
  expect(refused[0]).toMatchObject({ statusCode: 503 });
  await expect(alarms.ask(health())).resolves.toMatchObject({ alerts: 0 });
});

test('the last day is reported by site, including quiet sites, and computed once a minute', async () => {
  const { alarms, store, clock, tasks } = measures(true);
  takeAlert(store, { id: 'old', site: 's' });
  clock.ms += DAY_MS + 1;
  for (let i = 0; i < 11; i++) takeAlert(store, { id: `${i}`, site: 's', point: '1H' });
  const day = await alarms.day();
  const reported = day.map(({ site, health: { alerts, floods, chattering }, stale }) => ({
    site,
    counts: [alerts, floods.length, chattering.length, stale],
  }));
  expect(reported).toEqual([
    { site: 's', counts: [11, 1, 1, 1] },
    { site: 'quiet', counts: [0, 0, 0, 0] },
  ]);
  await alarms.day();
  expect(tasks).toEqual(['day']);
  clock.ms += 60_000;
  store.act('old', { action: 'acknowledge' }, 'Ann');
  takeAlert(store, { id: 'old', site: 's', change: 'return' });
  expect((await alarms.day())[0].stale).toBe(0);
  alarms.stop();
  clock.ms += 60_000;
  expect(await alarms.day()).toHaveLength(2);
});
