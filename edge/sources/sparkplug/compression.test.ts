import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { create, fromBinary } from '@bufbuild/protobuf';
import sparkplugPayload from 'sparkplug-payload';
import { expect, test } from 'vitest';
import { PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { inflated } from './compression.ts';

const spB = sparkplugPayload.get('spBv1.0')!;
const plain = spB.encodePayload({ timestamp: 5, seq: 3, metrics: [{ name: 'speed', type: 'Double', value: 1480 }] });
/** Like Tahu's JavaScript client: the whole payload in the body of another. */
const wrapped = (body: Uint8Array, algorithm?: string) =>
  fromBinary(
    PayloadSchema,
    spB.encodePayload({
      timestamp: 5,
      uuid: 'SPBV1.0_COMPRESSED',
      body,
      metrics: algorithm ? [{ name: 'algorithm', type: 'String', value: algorithm }] : [],
    } as never),
  );

test.each([
  ['GZIP', gzipSync(plain)],
  ['DEFLATE', deflateSync(plain)],
  ['DEFLATE', deflateRawSync(plain)],
  [undefined, deflateSync(plain)],
])('a payload compressed by %s', (algorithm, body) => {
  const bytes = inflated(wrapped(body, algorithm), 10_000);
  expect(bytes).toBeInstanceOf(Uint8Array);
  expect(fromBinary(PayloadSchema, bytes as Uint8Array)).toMatchObject({ seq: 3n, metrics: [{ name: 'speed' }] });
});

test('an uncompressed payload is unchanged; damage, size and an unknown algorithm have their reasons', () => {
  const usual = create(PayloadSchema, { seq: 1n });
  expect(inflated(usual, 10)).toBe(usual);
  expect(inflated(wrapped(gzipSync(plain).subarray(0, 12), 'GZIP'), 10_000)).toBe('bad_payload');
  expect(inflated(wrapped(plain, 'LZ4'), 10_000)).toBe('bad_payload');
  expect(inflated(wrapped(gzipSync(Buffer.alloc(1_000_000)), 'GZIP'), 10_000)).toBe('too_large');
});
