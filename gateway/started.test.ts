import { expect, test } from 'vitest';
import { Started } from './started.ts';

test('parts stop in reverse order, each once', async () => {
  const stopped: string[] = [];
  const started = new Started();
  for (const name of ['store', 'ingest', 'api']) started.add(name, name, (part) => void stopped.push(part));
  await started.stop();
  await started.stop();
  expect(stopped).toEqual(['api', 'ingest', 'store']);
});

test('a part that fails to stop is named, and the others still stop', async () => {
  const stopped: string[] = [];
  const started = new Started();
  started.add('store', null, () => void stopped.push('store'));
  started.add('ingest', null, async () => {
    throw new Error('no answer');
  });
  await expect(started.stop()).rejects.toThrow(/ingest: Error: no answer/);
  expect(stopped).toEqual(['store']);
});

test('a part that never stops is named after a timeout, and the others stop', async () => {
  const stopped: string[] = [];
  const started = new Started(20);
  started.add('store', null, () => void stopped.push('store'));
  started.add('API', null, () => new Promise(() => undefined));
  await expect(started.stop()).rejects.toThrow(/API: Error: it did not stop within 0.02 s/);
  expect(stopped).toEqual(['store']);
});
