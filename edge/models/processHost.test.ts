import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { HostJob } from './modelHost.ts';
import { ProcessHost } from './processHost.ts';

/** Answers as the real one does, but crashes or hangs for models named so. */
const file = join(mkdtempSync(join(tmpdir(), 'millwright-host-')), 'host.mjs');
writeFileSync(
  file,
  `process.on('message', ({ turn, jobs }) => {
     if (jobs.some((j) => j.id === 'crash')) process.abort();
     if (jobs.some((j) => j.id === 'silent')) return;
     const sent = jobs.map((j) => j.model !== null);
     process.send({ turn, results: jobs.map((j, i) => ({ ok: true, scores: [], state: j.state, ms: 0, runtime: String(sent[i]) })) });
   });`,
);
const hosts: ProcessHost[] = [];
const host = () => {
  hosts.push(new ProcessHost(file, pino({ level: 'silent' })));
  return hosts[hosts.length - 1];
};
afterEach(async () => {
  vi.useRealTimers();
  for (const one of hosts.splice(0)) await one.stop();
});
const job = (id: string): HostJob => ({ id, model: {} as ProcessModel, rows: [[1]], state: { past: [], levels: [] } });

test('a model is sent once', async () => {
  const one = host();
  expect(await one.run([job('a')])).toMatchObject([{ ok: true, runtime: 'true' }]);
  expect(await one.run([job('a'), job('b')])).toMatchObject([{ runtime: 'false' }, { runtime: 'true' }]);
});

test('a model that crashes the process gets no answer, the others do', { tags: 'slow' }, async () => {
  const one = host();
  const results = await one.run([job('a'), job('crash'), job('b')]);
  expect(results).toMatchObject([{ ok: true }, { ok: false, why: 'crashed' }, { ok: true }]);
  // In the batch, alone, and once more, in case it was a coincidence.
  expect(one.restarts).toBe(3);
  expect(await one.run([job('a')])).toMatchObject([{ ok: true }]);
});

test('the other rows of a model that does not answer are skipped', { tags: 'slow' }, async () => {
  const one = host();
  const results = await one.run([job('crash'), job('crash'), job('a'), job('crash')]);
  expect(results.map((r) => r.ok || r.why)).toEqual(['crashed', 'crashed', true, 'crashed']);
  expect(one.restarts).toBe(3);
});

test('models queued behind one that hangs are sent to the new process, too', { tags: 'slow' }, async () => {
  const one = host();
  await one.run([job('a')]);
  const hanging = one.run([job('silent')]);
  const behind = one.run([job('a')]);
  await hanging;
  expect(await behind).toMatchObject([{ ok: true, runtime: 'true' }]);
  expect(await one.run([job('a')])).toMatchObject([{ ok: true, runtime: 'false' }]);
  await one.stop();
  expect(await one.run([job('a')])).toMatchObject([{ ok: false, why: 'crashed' }]);
});

test('a model that never answers is abandoned in bounded time', { tags: 'slow' }, async () => {
  const one = host();
  await one.run([job('a')]);
  const begin = Date.now();
  expect(await one.run([job('silent')])).toMatchObject([{ ok: false, why: 'too_slow' }]);
  expect(Date.now() - begin).toBeLessThan(10_000);
});
