import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { KernelBandEnvelope, PlainBandEnvelope } from './bandEnvelope.ts';

test.each([256, 1024, 8192, 32_768])('kernel and plain agree at %i points', (size) => {
  const random = randomOf(size);
  const width = Math.floor(0.7 * size);
  const spectrum = Array.from({ length: width }, () => [gaussian(random), gaussian(random)]);
  const powers = [new KernelBandEnvelope(size), new PlainBandEnvelope(size)].map((envelope) => {
    const sum = new Float64Array(size / 4);
    for (let twice = 0; twice < 2; twice++) {
      envelope.re.fill(0);
      envelope.im.fill(0);
      spectrum.forEach(([re, im], k) => {
        envelope.re[k] = re;
        envelope.im[k] = im;
      });
      envelope.addPower(sum);
    }
    return sum;
  });
  const largest = Math.max(...powers[1]);
  powers[1].forEach((p, k) => {
    expect(Math.abs(powers[0][k] - p) / largest).toBeLessThan(1e-5);
  });
});
