import { expect, test } from 'vitest';
import type { LedgerMessage } from '#models/contracts/ledger.ts';
import type { SampleBlock, WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { unconnectedEdge } from '#simulators/endToEnd/unconnectedEdge.ts';
import { Pipeline } from './pipeline.ts';
import type { LedgerDue } from './record/commitBatch.ts';

const RATE = 4000;
const config = (extra: object = {}) =>
  unconnectedEdge({
    windows: { length: 256 },
    detection: { level: { skipWindows: 2, learnWindows: 20 } },
    healthIntervalMs: 0,
    ...extra,
  });

/** Seeded noise: every window differs, with the same statistics. */
function block(i: number, options: Partial<WaveformBlock> & { length?: number; scale?: number } = {}): WaveformBlock {
  const { length = 256, scale = 1, ...rest } = options;
  const samples = Float32Array.from({ length }, (_, k) => scale * Math.sin(12.9898 * (k + 1) * (k + 3 + i)));
  return {
    kind: 'waveform',
    asset: 'a',
    point: '1H',
    timeQuality: 'source',
    startUs: 1.7e15 + i * 1e6,
    sampleRateHz: RATE,
    samples,
    ...rest,
  };
}

const value = (i: number, point: string, v: number, timeQuality: 'source' | 'received' = 'source'): SampleBlock => ({
  kind: 'scalars',
  asset: 'a',
  point,
  timeQuality,
  timesUs: Float64Array.of(1.7e15 + i * 1e6),
  values: Float64Array.of(v),
});

const NOW_MS = 1.7e12;
const feed = (pipeline: Pipeline, blocks: SampleBlock[]) => {
  for (const one of blocks) pipeline.accept({ ok: true, block: one }, NOW_MS);
  return pipeline.drain({ ledger: null });
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

interface ReportedHealth {
  status: string;
  points: { point: string; assessment: string; index?: number; reason?: string; remedy?: string }[];
}
const lastHealth = (drained: { outgoing: { kind: string; body: object }[] }) =>
  drained.outgoing.filter((m) => m.kind === 'health').at(-1)?.body as ReportedHealth | undefined;

test.each(['constructor', 'toString', 'valueOf'])('machines and points called %s are handled as such', (name) => {
  const drained = feed(new Pipeline(config()), [
    ...range(0, 30).map((i) => block(i, { asset: name, point: name })),
    ...range(0, 30).map((i) => ({ ...value(i * 10, name, 5), asset: `${name}2` })),
  ]);
  expect(lastHealth(drained)).toBeDefined();
});

test('a point whose bearing is configured later learns anew, despite its old state on disk', () => {
  const states = new Map(
    feed(
      new Pipeline(config()),
      range(0, 40).map((i) => block(i)),
    ).states.map((s) => [s.key, s.value]),
  );
  const bearing = { bpfo: 3, bpfi: 5, bsf: 2, ftf: 0.4 };
  const changed = config({ assets: { a: { ratedRpm: 1500, points: { '1H': { bearing } } } } });
  const health = lastHealth(feed(new Pipeline(changed, states), [block(41)]));
  expect(health?.points).toMatchObject([{ assessment: 'not_assessable', reason: expect.stringContaining('learning') }]);
});

test('a fluctuating rate counts as one rate, and a stray frame at another does not reset the baseline', () => {
  const pipeline = new Pipeline(config());
  feed(
    pipeline,
    range(0, 40).map((i) => block(i, { sampleRateHz: RATE + (i % 2) })),
  );
  feed(pipeline, [block(40, { sampleRateHz: RATE * 2 })]);
  expect(lastHealth(feed(pipeline, [block(41)]))?.points).toMatchObject([{ assessment: 'assessed' }]);
});

test('short blocks stamped in whole milliseconds still fill windows', () => {
  const pipeline = new Pipeline(config());
  const startUs = (i: number) => Math.round((1.7e15 + (i * 100 * 1e6) / 25_600) / 1000) * 1000;
  feed(
    pipeline,
    range(0, 400).map((i) => block(i, { length: 100, sampleRateHz: 25_600, startUs: startUs(i) })),
  );
  expect(pipeline.ledger().points[0].windows).toBe(Math.floor((400 * 100) / 256));
});

test('blocks that never fill a window are reported, with the remedy', () => {
  const drained = feed(
    new Pipeline(config()),
    range(0, 50).map((i) => block(i, { length: 100 })),
  );
  expect(lastHealth(drained)?.points).toMatchObject([
    {
      assessment: 'not_assessable',
      reason: expect.stringContaining('never fill'),
      remedy: expect.stringContaining('windows.length'),
    },
  ]);
});

test('values without time stamps are all accepted, though they arrive at once', () => {
  const pipeline = new Pipeline(config());
  feed(
    pipeline,
    range(0, 5).map((i) => value(0, 'temperature', i, 'received')),
  );
  expect(pipeline.ledger().points).toMatchObject([{ received: 5, delivered: 5, duplicate: 0 }]);
});

test('the worst point decides on the machine, whichever reported last', () => {
  const pipeline = new Pipeline(config({ alerting: { persistence: 3 } }));
  const both = (i: number, scale: number) => [block(i, { scale }), block(i, { point: '2H' })];
  feed(
    pipeline,
    range(0, 40).flatMap((i) => both(i, 1)),
  );
  const drained = feed(
    pipeline,
    range(40, 90).flatMap((i) => both(i, Math.exp((i - 40) / 15))),
  );
  expect(lastHealth(drained)).toMatchObject({
    status: 'OFF_SPEC',
    remainingLife: { assessment: 'not_assessable', reason: expect.stringContaining('not when life ends') },
    timeToLimit: { assessment: 'assessed', medianS: 0, method: expect.stringContaining('to the alert limit') },
  });
  const alerts = drained.outgoing
    .filter((m) => m.kind === 'alerts')
    .map((m) => m.body as { point: string; change: string });
  expect(alerts.filter((a) => a.change === 'raise')).toMatchObject([{ point: '1H' }]);
});

test('remaining life is the time to a configured end, and failure is reported only there', () => {
  const judged = (value: number) => {
    const assets = { a: { endOfLife: { feature: 'index', value } } };
    const pipeline = new Pipeline(config({ alerting: { persistence: 3 }, assets }));
    feed(
      pipeline,
      range(0, 40).map((i) => block(i)),
    );
    return lastHealth(
      feed(
        pipeline,
        range(40, 90).map((i) => block(i, { scale: Math.exp((i - 40) / 15) })),
      ),
    );
  };
  expect(judged(2)).toMatchObject({ status: 'FAILURE', remainingLife: { assessment: 'assessed', medianS: 0 } });
  expect(judged(1e5)).toMatchObject({
    status: 'OFF_SPEC',
    remainingLife: {
      assessment: 'assessed',
      medianS: expect.any(Number),
      method: expect.stringContaining('100000'),
    },
  });
});

test('points beyond the limit are counted, and nothing else of them is kept', () => {
  const pipeline = new Pipeline(config({ limits: { maxPoints: 3 } }));
  feed(
    pipeline,
    range(0, 10).map((i) => block(i, { point: `p${i}` })),
  );
  expect(pipeline.ledger()).toMatchObject({ points: { length: 3 }, unmapped: { too_many_points: 7 } });
});

test("a long backlog becomes several messages, each within the gateway's limit", () => {
  const drained = feed(new Pipeline(config()), [block(0, { length: 256 * 1200 })]);
  const rows = drained.outgoing
    .filter((m) => m.kind === 'features')
    .map((m) => (m.body as { values: unknown[] }).values.length);
  expect(Math.max(...rows)).toBeLessThanOrEqual(512);
  expect(rows.reduce((a, b) => a + b, 0)).toBe(1200);
});

test('windows of other lengths make separate rows, each counted, and yield the velocity that short ones cannot', () => {
  const extra = { otherWindows: [{ length: 4096 }], assets: { a: { iso: { group: 2, foundation: 'rigid' } } } };
  const pipeline = new Pipeline(config(extra));
  const drained = feed(
    pipeline,
    range(0, 40).map((i) => block(i, { length: 512, startUs: 1.7e15 + i * 128_000 })),
  );
  const features = drained.outgoing.filter((m) => m.kind === 'features').map((m) => m.body as { names: string[] });
  const names = new Set(features.flatMap((m) => m.names));
  expect(names.has('rms') && names.has('rmsW4096') && names.has('velocityRmsMmPerSW4096')).toBe(true);
  expect(names.has('velocityRmsMmPerS')).toBe(false);
  expect(pipeline.ledger().points[0].windows).toBe(80 + 5);
  expect(lastHealth(drained)).toMatchObject({ iso: { zone: expect.stringMatching(/[ABCD]/) } });
  // The zone follows from the velocity of the newest long window.
  const long = drained.outgoing
    .filter((m) => m.kind === 'features')
    .map((m) => m.body as { names: string[]; values: number[][] })
    .filter((m) => m.names.includes('velocityRmsMmPerSW4096'))
    .at(-1);
  const velocity = long?.values.at(-1)?.[long.names.indexOf('velocityRmsMmPerSW4096')];
  expect((lastHealth(drained) as unknown as { iso: { velocityMmPerS: number } }).iso.velocityMmPerS).toBeCloseTo(
    velocity as number,
    4,
  );
});

test('a point has the configured bands and lines', () => {
  const points = { '1H': { bands: [[100, 900]] } };
  const extra = { assets: { a: { ratedRpm: 1500, drivetrain: { teeth: 21, blades: 5, poles: 4 }, points } } };
  const drained = feed(new Pipeline(config(extra)), [block(0)]);
  const [{ names, values }] = drained.outgoing
    .filter((m) => m.kind === 'features')
    .map((m) => m.body as { names: string[]; values: number[][] });
  for (const name of ['band100To900Hz', 'gearMesh', 'gearSidebands', 'bladePass', 'line2', 'polePassSidebands'])
    expect(values[0][names.indexOf(name)], name).toBeGreaterThan(0);
});

test('a clipped signal is not judged, does not affect the baseline, and is counted', () => {
  const pipeline = new Pipeline(config());
  feed(
    pipeline,
    range(0, 40).map((i) => block(i)),
  );
  const clipped = (i: number) => {
    const loud = block(i);
    if (loud.kind !== 'waveform') throw new Error('no waveform');
    return { ...loud, samples: loud.samples.map((v) => Math.max(-0.5, Math.min(0.5, 20 * v))) };
  };
  const during = lastHealth(feed(pipeline, range(40, 80).map(clipped)));
  expect(during?.points[0]).toMatchObject({ assessment: 'not_assessable', reason: expect.stringContaining('cut off') });
  const [point] = pipeline.ledger().points;
  expect(point.flaws).toEqual({ clipped: 40 });
  const after = lastHealth(
    feed(
      pipeline,
      range(80, 100).map((i) => block(i)),
    ),
  );
  expect(after?.points[0].assessment).toBe('assessed');
  expect(after?.points[0].index).toBeLessThan(0.8);
});

test('an impossible value is rejected, a gap is counted, and the ledger balances', () => {
  const pipeline = new Pipeline({
    ...config(),
    assets: { a: { kind: 'pump', points: { t: { unit: 'degC', role: 'condition' } } } },
  });
  const times = [...range(0, 30), ...range(90, 120)];
  feed(
    pipeline,
    times.map((i) => value(i, 't', i === 100 ? -400 : 20 + (i % 3))),
  );
  const [point] = pipeline.ledger().points;
  expect(point).toMatchObject({ received: 60, delivered: 59, rejected: { impossible_value: 1 }, flaws: { gap: 1 } });
});

test('a device whose clock is set back is judged again within half a minute', () => {
  const pipeline = new Pipeline(config());
  for (let i = 0; i < 300; i++) {
    const setBackS = i < 100 ? 0 : 3600;
    pipeline.accept({ ok: true, block: value(i - setBackS, 't', 20) }, 1.7e12 + i * 1000);
  }
  const [point] = pipeline.ledger().points;
  expect(point.late).toBeGreaterThan(0);
  expect(point.late).toBeLessThan(30);
  expect(point.delivered).toBe(300 - point.late);
  expect(pipeline.clocks()).toMatchObject([{ asset: 'a', jumps: 1 }]);
});

test('a wrong sample rate is noticed, and nothing is judged by it', () => {
  const pipeline = new Pipeline(config());
  // A second of samples every half second.
  const half = range(0, 60).map((i) => block(i, { length: RATE, startUs: 1.7e15 + i * 5e5 }));
  const reported = lastHealth(feed(pipeline, half));
  expect(reported?.points[0]).toMatchObject({
    assessment: 'not_assessable',
    reason: expect.stringContaining('sample rate'),
  });
  expect(pipeline.ledger().points[0].flaws?.overlap).toBe(59);
});

test('a point that falls silent is reported, once, until it sends again', () => {
  const pipeline = new Pipeline(config());
  for (let i = 0; i < 40; i++) pipeline.accept({ ok: true, block: block(i) }, 1.7e12 + i * 1000);
  pipeline.drain({ ledger: null });
  pipeline.checkSilence(1.7e12 + 60_000);
  expect(pipeline.silentPoints).toBe(0);
  pipeline.checkSilence(1.7e12 + 80_000);
  pipeline.checkSilence(1.7e12 + 81_000);
  const drained = pipeline.drain({ ledger: null });
  expect(drained.outgoing.filter((m) => m.kind === 'health')).toHaveLength(1);
  const [verdict] = lastHealth(drained)?.points ?? [];
  const silentSinceMs = 1.7e12 + 39_000;
  expect(verdict).toMatchObject({ assessment: 'not_assessable', reason: 'nothing is heard of it', silentSinceMs });
  expect(pipeline.ledger().points[0].flaws).toEqual({ silent: 1 });
  expect(pipeline.silentPoints).toBe(1);
  pipeline.accept({ ok: true, block: block(90) }, 1.7e12 + 90_000);
  expect(pipeline.silentPoints).toBe(0);
});

test('a machine with a silent sensor needs a check, whatever its other sensor shows', {
  tags: 'slow',
}, () => {
  const pipeline = new Pipeline(config({ assets: { a: { points: { temperature: { unit: 'degC' } } } } }));
  const noise = (i: number) => 0.3 * Math.sin(12.9898 * (i + 1) * (i + 3));
  const at = (i: number) => NOW_MS + i * 1000;
  const temperature = (i: number) =>
    pipeline.accept({ ok: true, block: value(i, 'temperature', 55 + noise(i)) }, at(i));
  for (const i of range(0, 400)) {
    temperature(i);
    pipeline.accept({ ok: true, block: block(i, { length: RATE }) }, at(i));
  }
  expect(lastHealth(pipeline.drain({ ledger: null }))).toMatchObject({ status: 'NORMAL' });
  for (const i of range(400, 600)) temperature(i);
  pipeline.checkSilence(at(600));
  expect(lastHealth(pipeline.drain({ ledger: null }))).toMatchObject({ status: 'CHECK_FUNCTION' });
  for (const i of range(600, 603)) pipeline.accept({ ok: true, block: block(i, { length: RATE }) }, at(i));
  expect(lastHealth(pipeline.drain({ ledger: null }))).toMatchObject({ status: 'NORMAL' });
});

test('one impossible sample among few in an interval is counted and named, and raises no alert', () => {
  const noise = (i: number) => 0.3 * Math.sin(12.9898 * (i + 1) * (i + 3));
  const values = range(0, 400).map((i) => (i === 250 ? 850 : 55 + noise(i)));
  const pipeline = new Pipeline(config({ assets: { a: { points: { temperature: { unit: 'degC' } } } } }));
  const drained = feed(
    pipeline,
    values.map((v, i) => value(2 * i, 'temperature', v)),
  );
  expect(drained.outgoing.filter((m) => m.kind === 'alerts')).toEqual([]);
  expect(pipeline.ledger().points).toMatchObject([{ delivered: 400, flaws: { spikes: 1 } }]);
  const rows = drained.outgoing.flatMap((m) =>
    m.kind === 'features' ? (m.body as { values: number[][] }).values : [],
  );
  expect(Math.max(...rows.flat().filter((v) => v < 1000))).toBeLessThan(60);
});

test('a device whose clock jumps an hour ahead is still judged: times are corrected, and the clock is named', () => {
  const pipeline = new Pipeline(config({ assets: { a: { points: { temperature: { unit: 'degC' } } } } }));
  const noise = (i: number) => 0.3 * Math.sin(12.9898 * (i + 1) * (i + 3));
  for (const i of range(0, 900)) {
    const one = value(i + (i < 300 ? 0 : 3600), 'temperature', (i < 700 ? 55 : 90) + noise(i)) as SampleBlock;
    pipeline.accept({ ok: true, block: one }, NOW_MS + i * 1000 + 20);
  }
  pipeline.checkSilence(NOW_MS + 900_000);
  expect(pipeline.silentPoints).toBe(0);
  expect(pipeline.ledger().points).toMatchObject([{ received: 900, delivered: 900, late: 0 }]);
  expect(pipeline.clocks()).toMatchObject([{ corrected: true, jumps: 1 }]);
  expect(pipeline.clocks()[0].offsetS).toBeCloseTo(-3600, 0);
  const alert = pipeline.drain({ ledger: null }).outgoing.find((m) => m.kind === 'alerts')?.body;
  expect(alert).toMatchObject({ timeQuality: 'corrected', text: expect.stringContaining('clock is 60 min ahead') });
  const { timeMs } = alert as { timeMs: number };
  expect(timeMs - NOW_MS).toBeGreaterThan(700_000);
  expect(timeMs - NOW_MS).toBeLessThan(760_000);
});

test('rejected data are not silence', () => {
  const pipeline = new Pipeline(config());
  for (const i of range(0, 30)) pipeline.accept({ ok: true, block: value(i, 'flow', 5) }, NOW_MS + i * 1000);
  const point = { asset: 'a', point: 'flow' };
  for (const i of range(30, 90)) pipeline.accept({ ok: false, rejection: 'time_in_future', point }, NOW_MS + i * 1000);
  pipeline.checkSilence(NOW_MS + 90_000);
  const { points } = lastHealth(pipeline.drain({ ledger: null })) as ReportedHealth;
  expect(points[0]).toMatchObject({ reason: expect.stringContaining('refused: time_in_future') });
  expect(pipeline.ledger().points[0].flaws?.silent).toBeUndefined();
});

test('ledgers cover the points that changed, 500 per message; sources and subscriptions are reported once', () => {
  const pipeline = new Pipeline(config());
  for (const i of range(0, 600)) pipeline.accept({ ok: true, block: value(i, `p${i}`, 5) }, NOW_MS + i * 1000);
  const source = { source: 0, type: 'mqtt', connected: true, outages: 0, downS: 0 };
  const subscription = { source: 0, subscription: 't', messages: 1, values: 1, ignored: 0, chunks: 0, rejected: {} };
  const ledgers = (due: Partial<LedgerDue> = {}) =>
    pipeline
      .drain({ ledger: { timeMs: NOW_MS, sources: [source], subscriptions: [subscription], ...due } })
      .outgoing.filter((m) => m.kind === 'ledger')
      .map(({ body }) => {
        const { points, ...rest } = body as Pick<LedgerMessage, 'points' | 'sources' | 'subscriptions' | 'clocks'>;
        const has = (['clocks', 'sources', 'subscriptions'] as const).filter((key) => rest[key] !== undefined);
        return [points.length, ...has];
      });
  expect(ledgers()).toEqual([[500, 'clocks', 'sources', 'subscriptions'], [100]]);
  expect(ledgers()).toEqual([]);
  pipeline.accept({ ok: true, block: value(601, 'p0', 5) }, NOW_MS + 601_000);
  expect(ledgers()).toEqual([[1, 'clocks', 'sources']]);
  expect(ledgers({ sources: [{ ...source, connected: false }] })).toEqual([[0, 'sources']]);
  expect(ledgers({ sources: [{ ...source, connected: false }], subscriptions: [] })).toEqual([[0, 'sources']]);
  pipeline.accept({ ok: false, rejection: 'bad_topic', point: null }, NOW_MS + 602_000);
  expect(ledgers({ sources: [{ ...source, connected: false }], subscriptions: [] })).toEqual([[0, 'sources']]);
  expect(ledgers({ sources: [{ ...source, connected: false }], subscriptions: [] })).toEqual([]);
});

interface EvidenceBody {
  id: string;
  timeMs: number;
  pieces: { startUs: number; samples: string }[];
}
const evidenceOf = (drained: { outgoing: { kind: string; body: object }[] }) =>
  drained.outgoing.filter((m) => m.kind === 'evidence').map((m) => m.body as EvidenceBody);
/** Samples in a piece: int16 in base64. */
const lengthOf = ({ samples }: EvidenceBody['pieces'][number]) => Buffer.from(samples, 'base64').length / 2;

test('requested evidence is the next five seconds, one request at a time', () => {
  const pipeline = new Pipeline(config());
  const second = (i: number) => block(i, { length: RATE });
  feed(pipeline, range(0, 3).map(second));
  expect(pipeline.requestEvidence('c1', 'a', '1H')).toBe(true);
  expect(pipeline.requestEvidence('c2', 'a', '1H')).toBe(false);
  expect(pipeline.requestEvidence('c3', 'a', 'unknown')).toBe(false);
  expect(evidenceOf(feed(pipeline, range(3, 7).map(second)))).toEqual([]);
  const [evidence] = evidenceOf(feed(pipeline, [second(7)]));
  expect(evidence).toMatchObject({ id: 'c1', timeMs: 1.7e12 + 8000 });
  expect(evidence.pieces.map((piece) => [piece.startUs, lengthOf(piece)])).toEqual([[1.7e15 + 3e6, 5 * RATE]]);
  expect(evidenceOf(feed(pipeline, range(8, 20).map(second)))).toEqual([]);
  expect(pipeline.requestEvidence('c4', 'a', '1H')).toBe(true);
});

test('evidence of a point that sends snapshots is what arrived within a minute', () => {
  const pipeline = new Pipeline(config());
  const snapshot = (i: number) => block(10 * i);
  feed(pipeline, [snapshot(0)]);
  pipeline.requestEvidence('c1', 'a', '1H');
  expect(evidenceOf(feed(pipeline, range(1, 8).map(snapshot)))).toEqual([]);
  const [evidence] = evidenceOf(feed(pipeline, [snapshot(8)]));
  expect(evidence.pieces.map((p) => p.startUs)).toEqual(range(1, 9).map((i) => 1.7e15 + i * 1e7));
});

test('a point rejects and counts data of the other kind', () => {
  const pipeline = new Pipeline(config());
  feed(pipeline, [value(0, 't', 5), block(0), { ...block(1), point: 't' }, value(1, '1H', 5)]);
  const rejected = pipeline
    .ledger()
    .points.map(({ point, received, delivered, rejected }) => [point, received, delivered, rejected]);
  expect(rejected).toEqual([
    ['t', 2, 1, { wrong_type: 1 }],
    ['1H', 2, 1, { wrong_type: 1 }],
  ]);
});

test("data that arrive after the edge's own clock was set back by a year are new", () => {
  const YEAR_S = 365 * 86_400;
  const pipeline = new Pipeline(config());
  feed(
    pipeline,
    range(0, 10).map((i) => value(YEAR_S + i, 't', i, 'received')),
  );
  feed(
    pipeline,
    range(0, 10).map((i) => value(i, 't', i, 'received')),
  );
  expect(pipeline.ledger().points).toMatchObject([{ received: 20, delivered: 20, late: 0 }]);
});
