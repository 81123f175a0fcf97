import type { Logger } from 'pino';
import type { Rejection } from '#models/contracts/ledger.ts';

const SAMPLE = 200;
const MAX_KINDS = 1000;

/** What a user can do about a rejection; others are self-explanatory. */
export const REMEDIES: Partial<Record<Rejection, string>> = {
  bad_topic:
    'no subscription fits the topic, or the message names no machine: see topic, asset, point and payload.split',
  bad_json:
    'the payload is no JSON: set payload.format (text, csv, cbor, msgpack, line_protocol, binary) or payload.type',
  bad_payload: 'the bytes are not of the configured kind: see payload.format and payload.encoding',
  missing_value: 'nothing lies at the configured path: see payload.value, payload.values or payload.each',
  wrong_type:
    'what lies at the path is no number, or its time cannot be read: see payload.states, hex, decimal, unitInText, bytes with as, and timeFormat; an array needs intervalMs or a time for each',
  bad_quality: 'the quality is not among the good ones: see payload.quality and payload.good',
  bad_rate: 'no sample rate: set payload.sampleRateHz, or payload.keys.sampleRate',
  several_points:
    'several points in one: use payload.each where the elements name them, payload.axes where axes are interleaved',
  wrong_byte_order: 'the samples are of the other byte order: set payload.byteOrder',
  truncated: 'the bytes are no multiple of the encoding’s width, or of the axes: see payload.encoding and payload.axes',
  missing_chunk: 'chunks were lost, or come further apart than payload.chunks.timeoutMs',
  bad_chunk: 'the chunk’s number does not fit: see payload.chunks.first and payload.chunks.total',
  bad_checksum: 'the samples are not those that were sent, or the checksum is no CRC-32: see payload.chunks.checksum',
  not_finite:
    'NaN and infinities are no values: list them in payload.none if the device means "no value"; of samples, see payload.encoding',
  unsupported_type: 'a record or value that no setting takes: see payload.records',
  out_of_range: 'beyond what any sensor measures: see payload.encoding, payload.byteOrder and payload.scale',
  too_large: 'more than limits.maxPayloadBytes',
  time_too_old: 'before 1970: see timeFormat',
  time_in_future: 'decades ahead: see timeFormat',
  bad_header: 'no header of Millwright’s: set payload.framing to raw or json',
  empty: 'nothing in it: see payload.value or payload.each',
  retained:
    'a retained message is of the past: "retained: true" of the subscription accepts those with a time of their own',
};

/** Warns of refused messages with a sample and a remedy: the first of each kind, the hundredth, the ten thousandth … */
export class RefusalLog {
  readonly #log: Logger;
  readonly #counts = new Map<string, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  note(subscription: string, topic: string, rejection: Rejection, payload: Uint8Array, detail?: string): void {
    const kind = `${subscription}\t${rejection}`;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    if (count === 1 && this.#counts.size >= MAX_KINDS) return;
    this.#counts.set(kind, count);
    if (!/^1(00)*$/.test(String(count))) return;
    const sample = Buffer.from(payload.subarray(0, SAMPLE))
      .toString('latin1')
      .replace(/[^\x20-\x7e]/g, '.');
    const remedy = REMEDIES[rejection];
    this.#log.warn(
      {
        subscription,
        topic: topic.slice(0, SAMPLE),
        rejection,
        ...(detail && { detail }),
        count,
        sample,
        ...(remedy && { remedy }),
      },
      'messages are refused',
    );
  }
}
