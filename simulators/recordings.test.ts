import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { assetName, durationS, findRecording, readManifest, readRecording } from './recordings.ts';

function folder(recordings: object[], files: Record<string, Buffer>): string {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-folder-'));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ unit: 'g', recordings }));
  for (const [name, data] of Object.entries(files)) writeFileSync(join(directory, name), data);
  return directory;
}

const count = (n: number) => Buffer.from(Float32Array.from({ length: n }, (_, i) => i).buffer);
const snapshots = {
  file: 'b 1.f32.gz',
  sampleRateHz: 100,
  channels: ['h', 'v'],
  snapshots: 3,
  samplesPerSnapshot: 4,
  snapshotIntervalS: 10,
};

test('snapshots are in time order, channel by channel', async () => {
  const directory = folder([snapshots], { 'b 1.f32.gz': gzipSync(count(24)) });
  const [recording] = await readManifest(directory);
  const read = await readRecording(directory, recording);
  expect(read.map((s) => [s.timeS, s.channel, s.samples[0]])).toEqual([
    [0, 'h', 0],
    [0, 'v', 4],
    [10, 'h', 8],
    [10, 'v', 12],
    [20, 'h', 16],
    [20, 'v', 20],
  ]);
  expect(durationS(recording, read)).toBe(30);
  expect(assetName(recording)).toBe('b-1');
});

test('a continuous recording is cut into consecutive pieces', async () => {
  const directory = folder([{ file: '097.f32', sampleRateHz: 4096 }], { '097.f32': count(10_000) });
  const [recording] = await readManifest(directory);
  const read = await readRecording(directory, recording);
  expect(read.map((s) => [s.timeS, s.channel, s.samples.length])).toEqual([
    [0, '1H', 4096],
    [1, '1H', 4096],
  ]);
});

test('errors name what is wrong', async () => {
  const directory = folder([snapshots], { 'b 1.f32.gz': gzipSync(count(23)) });
  const recordings = await readManifest(directory);
  await expect(readRecording(directory, recordings[0])).rejects.toThrow('23 samples where its manifest says 24');
  expect(() => findRecording(recordings, 'none')).toThrow('there are b-1');
  const outside = folder([{ ...snapshots, file: '../b.f32' }], {});
  await expect(readManifest(outside)).rejects.toThrow('recordings.0.file');
  await expect(readManifest('/nowhere')).rejects.toThrow('/nowhere/manifest.json: ENOENT');
});
