import { expect, test } from 'vitest';
import { messagesOf } from '#simulators/endToEnd/messagesOf.ts';
import { SignalBuffer, SignalBufferPool } from '../block/signalBuffer.ts';
import { DiagnosisCredit } from './diagnose.ts';

interface AlertMessage {
  id: string;
  index: number;
  change: string;
  point: string;
  text: string;
  evidence: { diagnosis: { fault: string; reasons: string[] } };
}

/** An edge's alerts for a machine; arguments as of `messagesOf`. */
const alertsOf = (...run: Parameters<typeof messagesOf>): AlertMessage[] =>
  messagesOf(...run).flatMap(({ kind, body }) => (kind === 'alerts' ? [body as AlertMessage] : []));

const bearingFault = (type: string) => ({ type, point: '2H', onsetS: 60, firstG: 0.3, doublingS: 25, limitG: 12 });
const machineFault = (type: string) => ({ type, onsetS: 60, firstMmPerS: 2, doublingS: 20, limitMmPerS: 9 });

test.each([
  ['pump', bearingFault('outer_race'), 'outer_race'],
  ['motor', bearingFault('inner_race'), 'inner_race'],
  ['pump', machineFault('unbalance'), 'unbalance'],
  ['fan', machineFault('misalignment'), 'misalignment_or_bent_shaft'],
  ['fan', machineFault('bent_shaft'), 'unbalance_or_bent_shaft'],
  ['fan', machineFault('looseness'), 'looseness'],
])('a %s whose fault grows raises one alert, whose buffered signal names it: %o', (kind, fault, name) => {
  const alerts = alertsOf(kind, [fault], 180);
  expect(alerts.filter((a) => a.change === 'raise')).toHaveLength(1);
  const last = alerts[alerts.length - 1];
  expect(last.evidence.diagnosis.fault).toBe(name);
  expect(last.evidence.diagnosis.reasons.length).toBeGreaterThan(2);
  // A tentative name may become certain.
  const names = ['undetermined', ...(name === 'unbalance' ? ['unbalance_or_bent_shaft'] : []), name];
  expect(alerts.every((a) => names.includes(a.evidence.diagnosis.fault))).toBe(true);
});

test('a second fault on an alerted machine has its own alert, and the first keeps its cause', () => {
  const second = { type: 'inner_race', point: '2H', onsetS: 220, firstG: 1, doublingS: 15, limitG: 12 };
  const alerts = alertsOf('pump', [machineFault('unbalance'), second], 480);
  const raised = alerts.filter((a) => a.change === 'raise');
  const newest = raised.map(({ id }) => alerts.filter((a) => a.id === id).at(-1)?.evidence.diagnosis.fault);
  expect(newest).toEqual(['unbalance', 'inner_race']);
});

test.each(['outer_race', 'inner_race'])(
  'a machine fault that grows beside an alerted %s has its own alert, and the first keeps its cause',
  (bearing) => {
    const first = { ...bearingFault(bearing), limitG: 4 };
    const second = { type: 'unbalance', onsetS: 260, firstMmPerS: 1, doublingS: 25, limitMmPerS: 12 };
    const alerts = alertsOf('pump', [first, second], 520);
    const raised = alerts.filter((a) => a.change === 'raise');
    const names = raised.map(({ id }) => alerts.filter((a) => a.id === id).map((a) => a.evidence.diagnosis.fault));
    expect(new Set(names[0])).toEqual(new Set([bearing]));
    expect(names.slice(1).map((reported) => reported.at(-1))).toEqual(['unbalance']);
    expect(names[1].every((name) => ['unbalance', 'unbalance_or_bent_shaft'].includes(name))).toBe(true);
  },
);

test.each([
  ['fan', bearingFault('outer_race')],
  // The shaft modulates the impacts, which adds some velocity at 1×.
  ['motor', { ...bearingFault('inner_race'), limitG: 20 }],
])('a bearing fault alone, of a %s, raises no machine alert beside it', (kind, fault) => {
  const alerts = alertsOf(kind, [fault], 400);
  expect(alerts.filter((a) => a.change === 'raise')).toHaveLength(1);
});

test('an alert that lessens keeps the text and the evidence of its worst moment', () => {
  const alerts = alertsOf('pump', [machineFault('unbalance')], 300);
  for (const { id } of alerts.filter((a) => a.change === 'raise')) {
    const texts = alerts.filter((a) => a.id === id).map((a) => Number(/([\d.]+) times its normal/.exec(a.text)?.[1]));
    for (let i = 1; i < texts.length; i++) expect(texts[i]).toBeGreaterThanOrEqual(texts[i - 1]);
  }
});

test('ten minutes of healthy machines of changing load and speed raise nothing', () => {
  for (const kind of ['motor', 'pump', 'fan', 'gearbox', 'compressor']) expect(alertsOf(kind, [], 600, 1)).toEqual([]);
}, 60_000);

test('a slow rise of velocity is reported before it reaches the alarm limit, once, with the days left', () => {
  const day = 86_400;
  const unbalance = { type: 'unbalance', onsetS: 0, firstMmPerS: 0.7, doublingS: 30 * day, limitMmPerS: 9 };
  const reported = alertsOf('pump', [unbalance], 45 * day, day / 24).filter((alert) => alert.change === 'raise');
  const [trend] = reported;
  expect(trend.text).toMatch(/2H: velocity rises by .* mm\/s a day and reaches its alarm limit in \d+ days/);
  expect(alertsOf('pump', [], 45 * day, day / 24)).toEqual([]);
});

const frame = (startS: number, length: number, level = 0) => ({
  kind: 'waveform' as const,
  asset: 'a',
  point: 'p',
  timeQuality: 'source' as const,
  startUs: startS * 1e6,
  sampleRateHz: 1000,
  samples: new Float32Array(length).fill(level),
});

test('consecutive blocks form one piece; a gap starts another; the newest seconds are kept', () => {
  const gatherer = new SignalBuffer(new SignalBufferPool(1));
  for (const at of [0, 1, 2]) gatherer.add(frame(at, 1000, at), 25);
  expect(gatherer.read().pieces.map((p) => p.length)).toEqual([3000]);
  for (const at of [4, 5, 6, 7]) gatherer.add(frame(at, 1000, at), 25);
  const { pieces } = gatherer.read();
  expect(pieces.map((p) => [p.length, p[0]])).toEqual([
    [2000, 1],
    [4000, 4],
  ]);
  expect(gatherer.seconds).toBe(6);
  gatherer.add(frame(8, 1000), 27);
  expect(gatherer.seconds).toBe(1);
});

test('no more points are buffered than there is room for', () => {
  const room = new SignalBufferPool(1);
  const [first, second] = [new SignalBuffer(room), new SignalBuffer(room)];
  first.add(frame(0, 100), 25);
  second.add(frame(0, 100), 25);
  expect([first.seconds, second.seconds]).toEqual([0.1, 0]);
  expect([room.inUse, room.refused]).toEqual([1, 1]);
  first.clear();
  second.add(frame(1, 100), 25);
  expect(second.seconds).toBe(0.1);
});

test('a silent point gives up its place to another', () => {
  const room = new SignalBufferPool(1);
  const [first, second] = [new SignalBuffer(room), new SignalBuffer(room)];
  first.add(frame(0, 100), 25);
  second.add(frame(90, 100), 25);
  expect([first.seconds, second.seconds]).toEqual([0, 0.1]);
});

test('arrivals earn the credit for diagnoses', () => {
  const credit = new DiagnosisCredit();
  expect([1, 2, 3, 4].map(() => credit.spend())).toEqual([true, true, true, false]);
  expect([credit.made, credit.deferred]).toEqual([3, 1]);
  for (let i = 0; i < 21; i++) credit.earn();
  expect([credit.spend(), credit.spend()]).toEqual([true, false]);
});

test('short blocks of a slow shaft are kept until there are sixty turns, within the bound on samples', () => {
  const room = new SignalBufferPool(99);
  const filled = (blockS: number, shaftHz: number, blocks: number, sampleRateHz = 1000) => {
    const buffer = new SignalBuffer(room);
    for (let i = 0; i < blocks; i++)
      buffer.add({ ...frame(2 * blockS * i, blockS * sampleRateHz), sampleRateHz }, shaftHz);
    return buffer;
  };
  // 5 Hz: a block of 1.28 s has 6.4 turns, ten of them 64.
  expect(filled(1.28, 5, 9).isComplete).toBe(false);
  expect(filled(1.28, 5, 10).isComplete).toBe(true);
  expect(filled(1.28, 5, 30).seconds).toBeCloseTo(11 * 1.28, 6);
  // Twelve turns in a block, or fewer than four: more blocks would change nothing.
  for (const [blockS, shaftHz] of [
    [2.5, 5],
    [0.7, 5],
    [1.28, 20],
  ]) {
    expect(filled(blockS, shaftHz, Math.ceil(5 / blockS)).isComplete).toBe(true);
    expect(filled(blockS, shaftHz, 30).seconds).toBeLessThanOrEqual(6);
  }
  const fast = filled(1.28, 5, 30, 50_000);
  expect(fast.seconds * 50_000).toBeLessThanOrEqual(300_000);
  expect(fast.isComplete).toBe(true);
  expect(new SignalBuffer(room).isComplete).toBe(false);
});
