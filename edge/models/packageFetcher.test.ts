import { expect, test, vi } from 'vitest';
import type { Want } from '#models/contracts/modelPieces.ts';
import { PackageFetcher } from './packageFetcher.ts';

const ID = 'a'.repeat(64);
const info = (fetcher: PackageFetcher, piece: object) =>
  fetcher.receive(Buffer.from(JSON.stringify({ v: 1, id: ID, ...piece })));

test('pieces are assembled in order; unrequested or invalid ones are ignored', async () => {
  const requests: Pick<Want, 'id' | 'piece'>[] = [];
  const fetcher: PackageFetcher = new PackageFetcher((want) => {
    requests.push(want);
    queueMicrotask(() => {
      fetcher.receive(Buffer.from('garbage'));
      info(fetcher, { piece: want.piece + 1, of: 3, text: 'wrong' });
      info(fetcher, { piece: want.piece, of: 3, text: `<${want.piece}>` });
    });
  });
  expect(await fetcher.fetch(ID)).toBe('<0><1><2>');
  expect(requests.map((w) => w.piece)).toEqual([0, 1, 2]);
});

test('a lost piece is requested again, and one that never arrives ends the fetch', async () => {
  vi.useFakeTimers();
  let requestCount = 0;
  const fetcher: PackageFetcher = new PackageFetcher(() => {
    if (++requestCount === 3) info(fetcher, { piece: 0, of: 1, text: 'late' });
  });
  const fetched = fetcher.fetch(ID);
  await vi.advanceTimersByTimeAsync(7000);
  expect(await fetched).toBe('late');
  const never = expect(new PackageFetcher(() => undefined).fetch(ID)).rejects.toThrow('did not send piece 0');
  await vi.advanceTimersByTimeAsync(60_000);
  await never;
  vi.useRealTimers();
});

test('a package that the gateway lacks, or an edge that stops, ends the fetch at once', async () => {
  const fetcher: PackageFetcher = new PackageFetcher((want) =>
    queueMicrotask(() => info(fetcher, { ...want, of: 0, text: null })),
  );
  await expect(fetcher.fetch(ID)).rejects.toThrow('no approved package');
  const other = new PackageFetcher(() => undefined);
  const waiting = other.fetch(ID);
  await Promise.resolve();
  other.stop();
  await expect(waiting).rejects.toThrow('the edge is ending');
});
