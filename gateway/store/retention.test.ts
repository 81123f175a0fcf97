import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { type Retained, Retention } from './retention.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
afterEach(() => void vi.useRealTimers());

function retention(forget: (kind: Retained) => number) {
  const calls: unknown[] = [];
  const logged: { kind: string }[] = [];
  const store = {
    forget(kind: Retained, beforeMs: number, rows: number) {
      calls.push([kind, beforeMs, rows]);
      return forget(kind);
    },
  };
  const log = pino({}, { write: (line) => void logged.push(JSON.parse(line)) });
  const config = { alertDays: 365, evidenceDays: 30 };
  return { calls, logged, retention: new Retention(store, config, () => NOW_MS, log) };
}

test('alerts and evidence have separate age limits, and are deleted five hundred at a time', () => {
  const { calls, retention: kept } = retention((kind) => (kind === 'alerts' ? 500 : 3));
  kept.run();
  expect(calls).toEqual([
    ['alerts', NOW_MS - 365 * DAY_MS, 500],
    ['evidence', NOW_MS - 30 * DAY_MS, 500],
  ]);
  kept.run();
  expect(kept.removed).toEqual(
    new Map([
      ['alerts', 1000],
      ['evidence', 6],
    ]),
  );
});

test('a failed deletion is logged, and does not prevent that of the other table', () => {
  const { logged, retention: kept } = retention((kind) => {
    if (kind === 'alerts') throw new Error('the disk is full');
    return 3;
  });
  kept.run();
  expect(logged).toMatchObject([{ kind: 'alerts' }]);
  expect(kept.removed).toEqual(new Map([['evidence', 3]]));
});

test('rows are deleted every minute until it stops', () => {
  vi.useFakeTimers();
  const { calls, retention: kept } = retention(() => 0);
  kept.start();
  vi.advanceTimersByTime(59_999);
  expect(calls).toHaveLength(0);
  vi.advanceTimersByTime(60_001);
  expect(calls).toHaveLength(4);
  kept.stop();
  vi.advanceTimersByTime(600_000);
  expect(calls).toHaveLength(4);
  retention(() => 0).retention.stop();
});
