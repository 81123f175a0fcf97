import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { edgeConfigSchema } from '../config.ts';
import type { FolderSourceConfig } from './folderConfig.ts';
import { FolderSource } from './folderSource.ts';
import type { Arrival, Sink } from './source.ts';
import { checkSource, onceSink } from './sourceChecks.ts';

const RATE = 1000;
const sources: FolderSource[] = [];
afterEach(async () => {
  for (const source of sources.splice(0)) await source.stop();
});
const newFolder = () => mkdtempSync(join(tmpdir(), 'millwright-folder-'));

function make(directory: string, more: object = {}): FolderSource {
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: 'unused',
    sources: [
      {
        type: 'folder',
        directory,
        intervalMs: 100,
        settleMs: 0,
        files: [
          { path: '{asset}/*.wav', point: '2H', scale: 20 },
          { path: '{asset}/*.csv', channels: { '1H': 'x', '1V': 'y' }, sampleRateHz: RATE },
        ],
        ...more,
      },
    ],
    uplink: { url: 'mqtt://x' },
  });
  const its = config.sources[0] as FolderSourceConfig;
  const source = new FolderSource(its, config.limits, () => Date.now(), pino({ level: 'silent' }));
  sources.push(source);
  return source;
}

/** 16-bit mono. */
function wav(samples: number): Buffer {
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(2 * RATE, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) bytes.writeInt16LE(Math.round(16_384 * Math.sin(i)), 44 + 2 * i);
  return bytes;
}

function put(directory: string, path: string, content: Buffer | string, at = new Date()): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
  utimesSync(join(directory, path), at, at);
}

async function started(directory: string, more: object = {}, receipts = new Map<string, string>()) {
  const source = make(directory, more);
  const arrivals: Arrival[] = [];
  const sink: Sink = {
    accept(arrival, done) {
      arrivals.push(arrival);
      setTimeout(() => done?.(), 5);
    },
    whenReady: (resume) => resume(),
  };
  await source.start(onceSink(sink, receipts));
  return { source, arrivals };
}

describe('the checks of every source', () => {
  checkSource(async () => {
    const directory = newFolder();
    let n = 0;
    return {
      source: make(directory),
      async deliver() {
        put(directory, `pump/${++n}.wav`, wav(500));
      },
      acknowledged: () => existsSync(join(directory, 'taken', 'pump', `${n}.wav`)),
    };
  });
});

test('recordings are processed in the order of their times, which are those of their last samples', async () => {
  const directory = newFolder();
  const [early, late] = [new Date(Date.UTC(2026, 2, 1, 10)), new Date(Date.UTC(2026, 2, 1, 11))];
  put(directory, 'pump/a.wav', wav(500), late);
  put(directory, 'pump/b.wav', wav(1000), early);
  put(
    directory,
    'fan/table.csv',
    `x,y\n${Array.from({ length: 400 }, (_, i) => `${Math.sin(i)},2`).join('\n')}\n`,
    late,
  );
  const { source, arrivals } = await started(directory);
  await expect.poll(() => source.events.get('files_taken'), { timeout: 5000 }).toBe(3);
  const waves = arrivals.map((a) => (a.ok && a.block.kind === 'waveform' ? a.block : expect.fail('refused')));
  expect(waves[0]).toMatchObject({ asset: 'pump', point: '2H', sampleRateHz: RATE, timeQuality: 'source' });
  expect(waves[0].startUs).toBe((early.getTime() - 1000) * 1000);
  expect(waves[0].samples[1]).toBeCloseTo(20 * 0.5 * Math.sin(1), 2);
  expect(
    waves
      .slice(1)
      .map(({ asset, point }) => `${asset}/${point}`)
      .sort(),
  ).toEqual(['fan/1H', 'fan/1V', 'pump/2H']);
  await expect.poll(() => readdirSync(join(directory, 'taken', 'pump')).sort()).toEqual(['a.wav', 'b.wav']);
});

test('a file still being written is left alone; an unreadable one is set aside', { tags: 'slow' }, async () => {
  const directory = newFolder();
  put(directory, 'pump/growing.wav', wav(500).subarray(0, 300));
  put(directory, 'pump/x.wav.part', wav(500));
  put(directory, 'pump/broken.wav', 'no recording', new Date(Date.now() - 60_000));
  put(directory, 'notes/readme.md', 'nothing of ours', new Date(Date.now() - 60_000));
  const { source, arrivals } = await started(directory, { settleMs: 1500 });
  await expect.poll(() => existsSync(join(directory, 'refused', 'pump', 'broken.wav')), { timeout: 5000 }).toBe(true);
  expect(arrivals).toEqual([{ ok: false, rejection: 'bad_payload', point: { asset: 'pump', point: '2H' } }]);
  put(directory, 'pump/growing.wav', wav(500));
  await expect.poll(() => source.events.get('files_taken'), { timeout: 6000 }).toBe(1);
  expect(arrivals.at(-1)).toMatchObject({ ok: true });
  expect(existsSync(join(directory, 'pump', 'x.wav.part'))).toBe(true);
  expect(existsSync(join(directory, 'notes', 'readme.md'))).toBe(true);
});

test('the source waits for a share that vanishes; stored files may be historical', async () => {
  const directory = newFolder();
  const away = `${directory}-away`;
  const { source, arrivals } = await started(directory, { historical: true });
  await expect.poll(() => source.state).toBe('connected');
  renameSync(directory, away);
  await expect.poll(() => source.state, { timeout: 3000 }).toBe('connecting');
  put(away, 'pump/a.wav', wav(500));
  renameSync(away, directory);
  await expect.poll(() => arrivals, { timeout: 5000 }).toMatchObject([{ ok: true, block: { historical: true } }]);
  expect(source.state).toBe('connected');
});
