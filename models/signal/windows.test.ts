import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { WindowCutter } from './windows.ts';

const RATE = 1000;

function block(from: number, length: number, startUs = from * 1000): WaveformBlock {
  const samples = Float32Array.from({ length }, (_, i) => from + i);
  return { kind: 'waveform', asset: 'a', point: 'p', timeQuality: 'source', startUs, sampleRateHz: RATE, samples };
}

test('the windows of a stream do not depend on its division into blocks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 }),
      fc.constantFrom(32, 64, 128, 256),
      (lengths, hop) => {
        const cutter = new WindowCutter({ length: 256, hop });
        const starts: number[] = [];
        let from = 0;
        for (const length of lengths) {
          cutter.push(block(from, length), (w) => {
            expect([w.samples.length, w.samples[0], w.samples[255]]).toEqual([
              256,
              w.startUs / 1000,
              w.startUs / 1000 + 255,
            ]);
            starts.push(w.startUs / 1000);
          });
          from += length;
        }
        const expected = from < 256 ? 0 : Math.floor((from - 256) / hop) + 1;
        expect(starts).toEqual(Array.from({ length: expected }, (_, i) => i * hop));
        expect(cutter.remainder?.samples.length).toBeLessThan(256);
      },
    ),
  );
});

test('no window spans a gap or a change of rate', () => {
  const cutter = new WindowCutter({ length: 256, hop: 256 });
  const starts: number[] = [];
  const use = (w: { startUs: number }) => starts.push(w.startUs);
  cutter.push(block(0, 200), use);
  cutter.push(block(300, 200), use);
  cutter.push({ ...block(500, 200), sampleRateHz: 2000 }, use);
  expect(starts).toEqual([]);
  cutter.push({ ...block(600, 200, 600_000), sampleRateHz: 2000 }, use);
  expect(starts).toEqual([500_000]);
});

test('resumes from a stored remainder', () => {
  const first = new WindowCutter({ length: 256, hop: 256 });
  first.push(block(0, 200), () => expect.unreachable());
  const second = new WindowCutter({ length: 256, hop: 256 }, structuredClone(first.remainder));
  const starts: number[] = [];
  second.push(block(200, 200), (w) => starts.push(w.startUs));
  expect(starts).toEqual([0]);
});
