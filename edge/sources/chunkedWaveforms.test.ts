import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { ChunkedWaveforms } from './chunkedWaveforms.ts';
import { ChunkStore } from './chunkStore.ts';
import { Router } from './route.ts';
import type { Arrival } from './source.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const RAMP = Float32Array.from({ length: 1024 }, (_, i) => i / 1024);
const folder = () => mkdtempSync(join(tmpdir(), 'millwright-chunks-'));
const chunksOf = (count: number) =>
  Array.from({ length: count }, (_, i) => [...RAMP.subarray((i * 1024) / count, ((i + 1) * 1024) / count)]);
const jsonSpec = (chunks: object = {}, more: object = {}) => ({
  type: 'waveform',
  framing: 'json',
  sampleRateHz: 1024,
  chunks: { sequence: 'n', total: 'of', ...chunks },
  ...more,
});

/**
 * Waveforms of a source over a folder; `receipts` are those in the outbox, `acknowledged` the messages that the broker
 * may forget.
 */
function start(
  payload: object,
  directory: string,
  { topic = 'w/{asset}/{point}', receipts = new Map<string, string>() } = {},
) {
  const delivered: Arrival[] = [];
  const acknowledged: number[] = [];
  const undone: (() => void)[] = [];
  const events: string[] = [];
  const router = new Router([subscriptionSchema.parse({ topic, payload })]);
  const chunked = new ChunkedWaveforms(
    new ChunkStore(directory, 0),
    {
      limits: (nowMs) => ({ nowMs, maxFutureMs: 1000, readTime: timeReader('auto', 'UTC') }),
      receiptOf: (key) => receipts.get(key) ?? null,
      deliver: (_route, _topic, _payload, arrivals, done, receipt) => {
        delivered.push(...arrivals);
        undone.push(() => {
          if (receipt !== null) receipts.set(receipt.key, receipt.answer);
          done();
        });
      },
      count: (event) => events.push(event),
    },
    pino({ level: 'silent' }),
  );
  let sent = 0;
  const send = (message: object | Buffer, at: { topic?: string; afterMs?: number; isRepeated?: boolean } = {}) => {
    const name = at.topic ?? 'w/m/p';
    const route = router.find(name);
    if (!route) throw new Error('no route');
    const number = sent++;
    chunked.take(route, {
      topic: name,
      payload: Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message)),
      receivedMs: NOW_MS + (at.afterMs ?? 0),
      done: () => acknowledged.push(number),
      isRepeated: at.isRepeated ?? false,
    });
  };
  const makeDurable = () => {
    for (const done of undone.splice(0)) done();
  };
  chunked.restore((name) => router.find(name));
  return { chunked, send, delivered, acknowledged, events, makeDurable };
}

function samplesOf(arrival: Arrival): number[] {
  if (!arrival.ok || arrival.block.kind !== 'waveform') throw new Error('no waveform');
  return [...arrival.block.samples];
}

describe('waveforms of several messages', () => {
  test('chunks with an id are assembled in any order, once', () => {
    const { send, delivered, events } = start(jsonSpec({ message: 'id' }), folder());
    const parts = chunksOf(4);
    for (const n of [2, 0, 3, 0, 1]) send({ n, of: 4, id: 'a', samples: parts[n], startTime: NOW_MS });
    expect(samplesOf(delivered[0])).toEqual([...RAMP]);
    expect(delivered[0]).toMatchObject({ block: { startUs: NOW_MS * 1000, timeQuality: 'source' } });
    send({ n: 3, of: 4, id: 'a', samples: parts[3], startTime: NOW_MS });
    expect(delivered.length).toBe(1);
    expect(events).toEqual(['duplicate_chunks', 'duplicate_chunks']);
  });

  test('a device that counts its waveforms in eight bits loses none', { tags: 'slow' }, () => {
    const { send, delivered, events } = start(jsonSpec({ message: 'id' }), folder());
    const parts = chunksOf(2);
    for (let i = 0; i < 600; i++)
      for (const n of [0, 1])
        send({ n, of: 2, id: i & 255, samples: parts[n], startTime: NOW_MS + 1000 * i }, { afterMs: 1000 * i });
    expect(delivered.filter(({ ok }) => ok)).toHaveLength(600);
    expect(events).toEqual([]);
  });

  test('two interleaved waveforms, one point each', () => {
    const { send, delivered } = start(jsonSpec({ message: 'id' }), folder());
    for (const n of [0, 1])
      for (const id of [1, 2]) send({ n, of: 2, id, samples: chunksOf(2)[n] }, { topic: `w/m/p${id}` });
    expect(delivered.map((a) => (a.ok ? a.block.point : a.rejection))).toEqual(['p1', 'p2']);
  });

  test('a missing chunk is named when the next one does not arrive', () => {
    const { chunked, send, delivered, events } = start(
      jsonSpec({ message: 'id', first: 1, timeoutMs: 2000 }),
      folder(),
    );
    for (const n of [1, 3, 4]) send({ n, of: 4, id: 7, samples: [n] });
    chunked.sweep(NOW_MS + 1900);
    expect(delivered).toEqual([]);
    chunked.sweep(NOW_MS + 2100);
    expect(delivered).toEqual([
      {
        ok: false,
        rejection: 'missing_chunk',
        point: { asset: 'm', point: 'p' },
        detail: 'chunk 2 of 4 did not come (waveform 7)',
      },
    ]);
    expect(chunked.waiting).toBe(0);
    send({ n: 2, of: 4, id: 7, samples: [2] });
    expect(events).toEqual(['late_chunks']);
    expect(delivered.length).toBe(1);
  });

  test('without an id a lost chunk never merges two waveforms', () => {
    const { send, delivered } = start(jsonSpec(), folder());
    for (const n of [1, 2, 0, 1, 2]) send({ n, of: 3, samples: chunksOf(4)[n] });
    expect(delivered.map((a) => (a.ok ? samplesOf(a).length : a.detail))).toEqual(['chunk 0 of 3 did not come', 768]);
  });

  test('an index outside its waveform is refused with the setting', () => {
    const { send, delivered, acknowledged, makeDurable } = start(jsonSpec(), folder());
    send({ n: 4, of: 4, samples: [1] });
    expect(delivered).toMatchObject([{ rejection: 'bad_chunk', detail: expect.stringContaining('chunks.first') }]);
    makeDurable();
    expect(acknowledged).toEqual([0]);
  });

  test('raw samples: fields before them, and topic levels', () => {
    const bytes = Buffer.from(RAMP.buffer);
    const raw = { type: 'waveform', framing: 'raw', sampleRateHz: 1024, skipBytes: 4 };
    const inHeader = start({ ...raw, chunks: { sequence: { at: 0 }, total: { at: 2, byteOrder: 'big' } } }, folder());
    for (const n of [0, 1]) {
      const head = Buffer.alloc(4);
      head.writeUInt16LE(n, 0);
      head.writeUInt16BE(2, 2);
      // A sample spans the chunk boundary.
      inHeader.send(Buffer.concat([head, n === 0 ? bytes.subarray(0, 2049) : bytes.subarray(2049)]));
    }
    expect(samplesOf(inHeader.delivered[0])).toEqual([...RAMP]);
    const inTopic = start({ ...raw, skipBytes: 0, chunks: { sequence: '{n}', total: 2 } }, folder(), {
      topic: 'w/{asset}/{point}/{n}',
    });
    for (const n of [0, 1]) inTopic.send(bytes.subarray(n * 2048, (n + 1) * 2048), { topic: `w/m/p/${n}` });
    expect(samplesOf(inTopic.delivered[0])).toEqual([...RAMP]);
  });

  test('a checksum of the whole detects a damaged chunk', () => {
    const bytes = Buffer.from(RAMP.buffer);
    const parts = [bytes.subarray(0, 2047), bytes.subarray(2047)];
    const { send, delivered } = start(jsonSpec({ message: 'id', checksum: 'crc' }), folder());
    for (const id of ['good', 'bad'])
      for (const [n, part] of parts.entries()) {
        const own = Buffer.from(part);
        if (id === 'bad') own[100] ^= 1;
        send({ n, of: 2, id, crc: crc32(bytes).toString(16), samples: own.toString('base64') });
      }
    expect(samplesOf(delivered[0])).toEqual([...RAMP]);
    expect(delivered[1]).toMatchObject({ ok: false, rejection: 'bad_checksum' });
  });

  test('numbers after bytes cannot be joined', () => {
    const { send, delivered } = start(jsonSpec(), folder());
    send({ n: 0, of: 2, samples: [1, 2] });
    send({ n: 1, of: 2, samples: Buffer.from(RAMP.buffer).toString('base64') });
    expect(delivered).toMatchObject([{ ok: false, rejection: 'wrong_type' }]);
  });
});

describe('kill and restart', () => {
  test('chunks are acknowledged once on disk, and a new process completes the waveform', () => {
    const directory = folder();
    const before = start(jsonSpec({ message: 'id' }), directory);
    for (const n of [0, 1]) before.send({ n, of: 3, id: 'a', samples: chunksOf(4)[n] });
    expect(before.acknowledged).toEqual([]);
    before.chunked.flush();
    expect(before.acknowledged).toEqual([0, 1]);
    // Killed: nothing is closed. The third chunk was not acknowledged and is resent.
    const after = start(jsonSpec({ message: 'id' }), directory);
    after.send({ n: 2, of: 3, id: 'a', samples: chunksOf(4)[2] });
    expect(samplesOf(after.delivered[0]).length).toBe(768);
    expect(after.acknowledged).toEqual([]);
    after.makeDurable();
    expect(after.acknowledged).toEqual([0]);
    expect(start(jsonSpec({ message: 'id' }), directory).chunked.waiting).toBe(0);
  });

  test('a waveform not durable when killed is reassembled with the same time', () => {
    const directory = folder();
    const before = start(jsonSpec({ message: 'id' }), directory);
    before.send({ n: 0, of: 2, id: 'a', samples: [1] });
    before.chunked.flush();
    before.send({ n: 1, of: 2, id: 'a', samples: [2] }, { afterMs: 10 });
    const after = start(jsonSpec({ message: 'id' }), directory);
    after.send({ n: 1, of: 2, id: 'a', samples: [2] }, { afterMs: 5000 });
    const startOf = (a: Arrival) => a.ok && a.block.kind === 'waveform' && a.block.startUs;
    expect(startOf(after.delivered[0])).toBe(startOf(before.delivered[0]));
  });

  test('the end of one waveform keeps the stored chunks of the next', () => {
    const directory = folder();
    const { chunked, send, makeDurable } = start(jsonSpec(), directory);
    for (const n of [0, 1, 0]) send({ n, of: 3, samples: [n, chunked.waiting + Math.random()] });
    chunked.flush();
    makeDurable();
    expect(start(jsonSpec(), directory).chunked.waiting).toBe(1);
  });

  test('storage is bounded', () => {
    const { chunked, send, delivered } = start(jsonSpec({ message: 'id' }), folder());
    for (let id = 0; id < 1100; id++) send({ n: 0, of: 2, id, samples: [1] });
    expect(chunked.waiting).toBe(1000);
    expect(delivered.length).toBe(100);
  });
});

describe('a killed process', () => {
  const parts = chunksOf(2).map((samples, n) => ({ n, of: 2, samples }));
  const spec = jsonSpec();

  test('between the outbox commit and the removal of the chunks delivers their waveform once', () => {
    const [directory, receipts] = [folder(), new Map<string, string>()];
    const before = start(spec, directory, { receipts });
    before.send(parts[0]);
    before.chunked.flush();
    before.send(parts[1]);
    // The outbox committed it, and nothing else happened.
    const [key] = ['chunk/w/{asset}/{point}\nm/p\n'];
    const again = start(spec, directory, { receipts });
    expect(again.delivered).toEqual([]);
    before.makeDurable();
    expect([...receipts.keys()]).toEqual([key]);
    const after = start(spec, directory, { receipts });
    after.send(parts[0], { isRepeated: true });
    after.send(parts[1], { isRepeated: true });
    expect(after.delivered).toEqual([]);
    expect(after.events).toEqual(['duplicate_chunks', 'duplicate_chunks']);
    expect(after.acknowledged).toEqual([0, 1]);
  });

  test('before its last acknowledgement reports no missing chunk when that one is resent, and accepts the next waveform', () => {
    const receipts = new Map<string, string>();
    const before = start(spec, folder(), { receipts });
    for (const part of parts) before.send(part);
    before.makeDurable();
    const after = start(spec, folder(), { receipts });
    after.send(parts[1], { isRepeated: true });
    for (const { n, of, samples } of parts) after.send({ n, of, samples: samples.map((v) => v + 1) });
    after.makeDurable();
    expect(after.events).toEqual(['duplicate_chunks']);
    expect(after.delivered).toHaveLength(1);
    expect(after.delivered[0].ok).toBe(true);
  });
});

test('a repeated last chunk is acknowledged only when its waveform is durable', () => {
  const { send, chunked, acknowledged, makeDurable } = start(jsonSpec({ message: 'id' }), folder());
  const [first, last] = chunksOf(2).map((samples, n) => ({ n, of: 2, id: 'a', samples }));
  send(first);
  chunked.flush();
  send(last);
  // A full disk, and a broker that reconnected.
  send(last, { isRepeated: true });
  expect(acknowledged).toEqual([0]);
  makeDurable();
  expect(acknowledged.sort()).toEqual([0, 1, 2]);
});
