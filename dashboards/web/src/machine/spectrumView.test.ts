import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { recordingLines } from '#models/machine/recordingLines.ts';
import { decodeRecording, type Recording, secondsOf } from './recording.ts';
import {
  computeCursorLines,
  convertAmplitude,
  envelopeOf,
  findHighestPeaks,
  frequencyScale,
  reducePoints,
  snapToPeak,
  vibrationSpectrum,
} from './spectrumView.ts';
import { reduceWaveform } from './waveformView.ts';

const RATE = 5120;
const recording = (pieces: Float32Array[], sampleRateHz: number, lines: Recording['lines']): Recording => ({
  point: '2H',
  unit: 'g',
  timeMs: 0,
  sampleRateHz,
  pieces,
  startsUs: pieces.map(() => 0),
  lines,
});
/** Two g at 25 Hz and half a g at 150 Hz, ten seconds and again four. */
const tone = (seconds: number) =>
  Float32Array.from(
    { length: seconds * RATE },
    (_, i) => 2 * Math.sin((2 * Math.PI * 25 * i) / RATE) + 0.5 * Math.sin((2 * Math.PI * 150 * i) / RATE),
  );
const tones = recording([tone(10), tone(4)], RATE, recordingLines(25));

test('a tone is read at its frequency with its peak amplitude and its name', () => {
  const spectrum = vibrationSpectrum(tones, 'measured');
  const peaks = findHighestPeaks(spectrum, [0, RATE / 2], tones.lines.spectrum, 2);
  expect(peaks.map((p) => p.hz)).toEqual([expect.closeTo(25, 2), expect.closeTo(150, 2)]);
  expect(peaks.map((p) => p.amplitude)).toEqual([expect.closeTo(2, 1), expect.closeTo(0.5, 1)]);
  expect(peaks.map((p) => p.name)).toEqual(['1×', null]);
});

test('an acceleration is integrated to a velocity and a displacement: a / 2πf, and again', () => {
  const velocity = findHighestPeaks(vibrationSpectrum(tones, 'velocity'), [0, 100], [], 1)[0];
  expect(velocity.amplitude / ((2 * 9806.65) / (2 * Math.PI * 25))).toBeCloseTo(1, 1);
  const displacement = findHighestPeaks(vibrationSpectrum(tones, 'displacement'), [0, 100], [], 1)[0];
  expect(displacement.amplitude / ((2 * 9806.65 * 1000) / (2 * Math.PI * 25) ** 2)).toBeCloseTo(1, 1);
});

test('amplitudes as peak, RMS and dB; frequencies in Hz, cpm and orders', () => {
  expect(convertAmplitude(Math.SQRT2, 'rms')).toBeCloseTo(1, 9);
  expect(convertAmplitude(Math.SQRT2, 'dB')).toBeCloseTo(0, 9);
  expect(convertAmplitude(0, 'dB')).toBe(-120);
  expect(frequencyScale('cpm', 25)).toBe(60);
  expect(frequencyScale('orders', 25)).toBe(1 / 25);
  expect(frequencyScale('orders', undefined)).toBe(1);
});

test('reduction for the screen keeps the highest line of each interval', () => {
  const spectrum = vibrationSpectrum(tones, 'measured');
  const { hz, amplitude } = reducePoints(spectrum, [0, RATE / 2], 200);
  expect(hz.length).toBeLessThanOrEqual(200);
  expect(hz[amplitude.indexOf(Math.max(...amplitude))]).toBeCloseTo(25, 1);
});

test('a cursor beside a line snaps to it and shows its harmonics and sidebands', () => {
  const spectrum = vibrationSpectrum(tones, 'measured');
  expect(snapToPeak(spectrum, 25.6, 4)).toBeCloseTo(25, 1);
  const lines = computeCursorLines(100, 2, 5, 1);
  expect(lines.map((l) => l.hz)).toEqual([100, 95, 105, 200, 195, 205]);
});

test('the envelope of a real bearing with an outer-race defect shows BPFO and its harmonic', () => {
  const folder = new URL('../../../../models/health/diagnosis/fixtures/', import.meta.url);
  const { recordings } = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as {
    recordings: { file: string; rpm: number; sampleRateHz: number }[];
  };
  const outer = recordings.find((r) => r.file.startsWith('130'))!;
  const bytes = gunzipSync(readFileSync(new URL(outer.file, folder)));
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const lines = recordingLines(outer.rpm / 60, { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.39828 });
  const envelope = envelopeOf(recording([samples], outer.sampleRateHz, lines));
  const peaks = findHighestPeaks(envelope, [0, 600], lines.envelope, 2);
  expect(peaks.map((p) => p.name)).toEqual(['BPFO', '2×BPFO']);
});

test('reduction of a waveform keeps its impacts', () => {
  const samples = new Float32Array(100_000);
  samples[54_321] = 9;
  const { seconds, values } = reduceWaveform(samples, 10_000, [0, 10], 500);
  expect(values.length).toBeLessThanOrEqual(1000);
  expect(seconds[values.indexOf(9)]).toBeCloseTo(5.4321, 4);
});

test('a recording is decoded from int16 in base64, piece by piece', () => {
  const samples = Buffer.from(Int16Array.from([0, 32_767, -32_768, 100]).buffer).toString('base64');
  const pieces = [{ startUs: 0, scale: 0.01, samples }];
  const message = { point: '2H', unit: 'g' as const, sampleRateHz: 4, timeMs: 1, pieces };
  const unpacked = decodeRecording(message as unknown as Parameters<typeof decodeRecording>[0]);
  expect(Array.from(unpacked.pieces[0])).toEqual([0, 327.67, -327.68, 1].map((v) => expect.closeTo(v, 3)));
  expect(secondsOf(unpacked)).toBe(1);
  expect(unpacked.lines).toEqual({ spectrum: [], envelope: [] });
});
