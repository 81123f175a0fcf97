import { expect, test } from 'vitest';
import { crossTalkOrigin, isAttributable } from './crossTalk.ts';

const own = { raisedAtMs: 100, peak: 1.5 };

test('an alert may be cross-talk from the first coupled machine that alarmed earlier and is further above its limit', () => {
  const motor = { machine: 'motor', raisedAtMs: 60, peak: 3, fault: 'unbalance' } as const;
  const pump = { machine: 'pump', raisedAtMs: 50, peak: 2, fault: 'undetermined' } as const;
  expect(crossTalkOrigin(own, [motor])).toBe(motor);
  expect(crossTalkOrigin(own, [motor, pump])).toBe(pump);
  expect(crossTalkOrigin(own, [])).toBeNull();
});

test('not from one that alarmed later or at the same time, and not from a smaller one', () => {
  for (const other of [
    { machine: 'motor', raisedAtMs: 100, peak: 3 },
    { machine: 'motor', raisedAtMs: 101, peak: 3 },
    { machine: 'motor', raisedAtMs: 60, peak: 1.5 },
    { machine: 'motor', raisedAtMs: 60, peak: 1.2 },
  ])
    expect(crossTalkOrigin(own, [{ ...other, fault: 'unbalance' }])).toBeNull();
});

test('it is attributed where the diagnosis names nothing, or the other machine’s fault', () => {
  expect(isAttributable('undetermined', 'unbalance')).toBe(true);
  expect(isAttributable('unbalance', 'unbalance')).toBe(true);
  expect(isAttributable('unbalance_or_bent_shaft', 'unbalance')).toBe(true);
  expect(isAttributable('outer_race', 'bearing')).toBe(true);
  expect(isAttributable('outer_race', 'unbalance')).toBe(false);
  expect(isAttributable('unbalance', 'undetermined')).toBe(false);
});
