import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { detectInterleavedAxes } from './detectInterleavedAxes.ts';

const random = randomOf(20261128);
/** Of variance 1. */
const noise = () => (random() + random() + random() + random() - 2) * Math.sqrt(3);
const axis = (n: number, deviation: number, mean = 0) =>
  Float32Array.from({ length: n }, () => mean + deviation * noise());
const interleaved = (...axes: Float32Array[]) =>
  Float32Array.from(
    { length: axes[0].length * axes.length },
    (_, i) => axes[i % axes.length][Math.floor(i / axes.length)],
  );

test('three axes, one with gravity', () => {
  expect(detectInterleavedAxes(interleaved(axis(400, 0.5), axis(400, 0.5), axis(400, 0.5, 1)))).toBe(3);
});

test('axes of different level without gravity look like one signal', () => {
  expect(detectInterleavedAxes(interleaved(axis(1000, 1), axis(1000, 0.6), axis(1000, 0.4)))).toBeNull();
});

test('a few impacts in a frame, at any time and level, are one signal', { tags: 'slow' }, () => {
  for (let frame = 0; frame < 2000; frame++) {
    const impacts = Array.from({ length: 12 }, () => ({ at: 2560 * random(), size: 20 * random() }));
    const rate = 0.05 + 0.4 * random();
    const samples = Float32Array.from({ length: 2560 }, (_, i) =>
      impacts.reduce((sum, { at, size }) => {
        const since = i - at;
        return since < 0 || since > 120
          ? sum
          : sum + size * Math.exp(-since / 15) * Math.sin(2 * Math.PI * rate * since);
      }, 0.1 * noise()),
    );
    expect(detectInterleavedAxes(samples), `frame ${frame}`).toBeNull();
  }
});

test('a resting sensor of three axes', () => {
  expect(detectInterleavedAxes(interleaved(axis(400, 0), axis(400, 0), axis(400, 0, 1)))).toBe(3);
});

test('a single signal of any kind is recognised as one', () => {
  const at = (f: (i: number) => number) => Float32Array.from({ length: 4096 }, (_, i) => f(i));
  const signals = {
    noise: at(noise),
    flat: at(() => 1),
    ramp: at((i) => i),
    'a tone': at((i) => Math.sin(i / 8)),
    'a tone at nearly a third of the rate': at((i) => Math.sin(2 * Math.PI * 0.3345 * i)),
    'a tone at nearly half the rate': at((i) => Math.sin(2 * Math.PI * 0.4985 * i)),
    'impacts that ring': at((i) => Math.exp(-(i % 256) / 20) * Math.sin(2 * Math.PI * 0.21 * i) + 0.05 * noise()),
    pulses: at((i) => (i % 400 < 20 ? 5 : 0)),
  };
  for (const [name, samples] of Object.entries(signals)) expect(detectInterleavedAxes(samples), name).toBeNull();
});

test('a short frame is inconclusive', () => {
  expect(detectInterleavedAxes(interleaved(axis(64, 1), axis(64, 1), axis(64, 1, 9)))).toBeNull();
});
