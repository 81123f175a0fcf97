import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { Payload } from '#models/sparkplug/sparkplugB_pb.ts';

/**
 * UUID of the envelope in which Eclipse Tahu's clients put a compressed payload; a metric `algorithm` names the method.
 */
const COMPRESSED = 'SPBV1.0_COMPRESSED';
const ZLIB_METHOD = 8;

/**
 * Decompresses a payload; an uncompressed one is returned unchanged. `too_large` if it would exceed `maxBytes`,
 * `bad_payload` if it is damaged or the algorithm is neither GZIP nor DEFLATE.
 */
export function inflated(payload: Payload, maxBytes: number): Payload | Uint8Array | Rejection {
  if (payload.uuid !== COMPRESSED) return payload;
  const { body } = payload;
  const options = { maxOutputLength: maxBytes };
  try {
    switch (algorithmOf(payload)) {
      case 'GZIP':
        return gunzipSync(body, options);
      case 'DEFLATE':
        // Most encoders use the zlib format under this name, some the bare stream (RFC 1950 and 1951).
        return (body[0] & 15) === ZLIB_METHOD && (body[0] * 256 + body[1]) % 31 === 0
          ? inflateSync(body, options)
          : inflateRawSync(body, options);
      default:
        return 'bad_payload';
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'bad_payload';
  }
}

/** DEFLATE if the metric is missing. */
function algorithmOf({ metrics }: Payload): string {
  const value = metrics.find(({ name }) => name === 'algorithm')?.value;
  return value?.case === 'stringValue' ? value.value.toUpperCase() : 'DEFLATE';
}
