import { describe, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { findContradiction } from './contradiction.ts';
import type { WaveformEncoding } from './valueConfig.ts';

const N = 1024;
const tone = (i: number) => Math.sin((2 * Math.PI * 100 * i) / 5120);

/** A sine of amplitude 1, or of full scale for integers, times `scale`. */
function written(encoding: WaveformEncoding, byteOrder: 'little' | 'big', scale: number): Buffer {
  const width = { int16: 2, int24: 3, int32: 4, float32: 4 }[encoding as 'int16'];
  const bytes = Buffer.alloc(N * width);
  for (let i = 0; i < N; i++) {
    const v = tone(i) * scale;
    if (encoding === 'float32') byteOrder === 'big' ? bytes.writeFloatBE(v, 4 * i) : bytes.writeFloatLE(v, 4 * i);
    else if (byteOrder === 'big') bytes.writeIntBE(Math.round(v), width * i, width);
    else bytes.writeIntLE(Math.round(v), width * i, width);
  }
  return bytes;
}

const KINDS = [
  ['int16', 1000],
  ['int16', 30_000],
  ['int24', 200_000],
  ['int32', 1e6],
  ['float32', 1],
  ['float32', 0.001],
] as const;

describe.each(['little', 'big'] as const)('%s endian', (byteOrder) => {
  const other = byteOrder === 'little' ? 'big' : 'little';

  test.each(KINDS)('%s of amplitude %d is recognised, and not as the other order', (encoding, scale) => {
    expect(findContradiction(written(encoding, byteOrder, scale), encoding, byteOrder)).toBeNull();
    // At full scale both orders have the same level.
    if (encoding !== 'int16' || scale < 30_000)
      expect(findContradiction(written(encoding, other, scale), encoding, byteOrder)).toEqual({
        rejection: 'wrong_byte_order',
      });
  });

  test('float32 is not int16', () => {
    expect(findContradiction(written('float32', byteOrder, 1), 'int16', byteOrder)).toMatchObject({
      rejection: 'bad_payload',
      detail: expect.stringContaining('float32'),
    });
  });
});

test('full-range white noise is a signal', () => {
  const random = randomOf(20261128);
  const bytes = Buffer.from(Uint8Array.from({ length: 4096 }, () => Math.floor(random() * 256)));
  for (const encoding of ['int16', 'int24', 'int32'] as const)
    expect(findContradiction(bytes.subarray(0, 4092), encoding, 'little')).toBeNull();
});

test('a text or a WAV file is not a frame of samples', () => {
  const base64 = Buffer.from(written('int16', 'little', 1000).toString('base64'));
  expect(findContradiction(base64, 'int16', 'little')).toMatchObject({ detail: expect.stringContaining('text') });
  const wav = Buffer.concat([Buffer.from('RIFF\x24\x08\x00\x00WAVEfmt ', 'latin1'), Buffer.alloc(2100)]);
  expect(findContradiction(wav, 'int16', 'little')).toMatchObject({ detail: expect.stringContaining('WAV') });
});

test('a sensor at rest sends zeros', () => {
  expect(findContradiction(Buffer.alloc(4096), 'float32', 'little')).toBeNull();
  expect(findContradiction(Buffer.alloc(4096), 'int16', 'big')).toBeNull();
});
