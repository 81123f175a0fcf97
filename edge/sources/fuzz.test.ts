import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { encode as encodeMsgpack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cborg';
import { DataType, DataValue, StatusCodes, Variant, VariantArrayType } from 'node-opcua-client';
import { expect, test } from 'vitest';
import { encodeFrame } from '#models/contracts/frame.ts';
import { parseMessage } from '#models/contracts/message.ts';
import { sampleBlockSchema } from '#models/contracts/sampleBlock.ts';
import { type Random, randomOf } from '#models/random/random.ts';
import { PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { decode } from './decode.ts';
import { decodeRegister, planReads } from './modbusRegisters.ts';
import { decodeDataValue } from './opcua/dataValue.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { metricValue } from './sparkplug/metricValue.ts';
import { type MessageType, NodeTable } from './sparkplug/nodeTable.ts';
import { timeReader } from './timeReader.ts';

/**
 * `npm run soak:fuzz` sets a million. Half of all cases are random bytes, half are valid messages that were damaged.
 */
const CASES = Number(process.env.MILLWRIGHT_FUZZ_CASES ?? 5000);
const MAX_MS = 250;
/** Measured in the second half of the cases: the first fills caches. */
const MAX_GROWTH_MB = 100;
const limits = { nowMs: Date.UTC(2026, 0, 5), maxFutureMs: 1000, readTime: timeReader('auto', 'Europe/Berlin') };
const text = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const route = (payload: object) => ({
  asset: 'a',
  point: 'p',
  subscription: subscriptionSchema.parse({ topic: 'x/{asset}/{point}', payload }),
});
const WAVEFORMS = [
  ...['header', 'json', 'raw'].map((framing) => route({ type: 'waveform', framing, sampleRateHz: 1000 })),
  route({ type: 'waveform', framing: 'raw', header: { sampleRate: { at: 3 }, time: { at: 5, type: 'uint32' } } }),
  route({ type: 'waveform', framing: 'json', timeIs: 'last', values: { rate: 'sampleRateHz', first: 'samples.0' } }),
];
const VALUES = [
  route({ type: 'scalar' }),
  route({ type: 'scalar', value: 'rows.*.v', time: 'rows.*.t', quality: 'rows.*.q', unit: 'unit' }),
  route({ type: 'scalar', values: { one: 'a.b', two: 'v' }, intervalMs: 10 }),
  route({ type: 'scalar', each: { path: 'rows.*', point: '{$1}-{$key}', asset: '^.^.unit' }, value: '', time: '^.t' }),
  ...['cbor', 'msgpack', 'csv', 'xml', 'line_protocol', 'text'].map((format) =>
    route({ type: 'scalar', format, each: { path: '*', point: '$key' }, value: '', decimal: ',' }),
  ),
  route({
    type: 'scalar',
    format: 'binary',
    value: '',
    as: 'float32',
    at: 3,
    bits: { from: 2, length: 9, signed: true },
  }),
  route({
    type: 'scalar',
    format: 'binary',
    value: '',
    records: { headerBytes: 1, types: { '01': { values: { one: { as: 'int16' } } }, '7b': { length: 0 } } },
  }),
  route({
    type: 'scalar',
    format: 'binary',
    value: '',
    every: 5,
    skipBytes: 2,
    time: { at: 1 },
    values: { one: { at: 0, as: 'uint8' }, two: { at: -2, as: 'int16' } },
  }),
  route({
    type: 'scalar',
    split: { path: 'unit', pattern: '{asset}.*-{point}' },
    each: { path: 'rows' },
    value: 'v | a.b | q',
  }),
  route({ type: 'senml', format: 'cbor' }),
];
const GOOD = {
  frame: Buffer.from(
    encodeFrame(
      { encoding: 'float32', sampleRateHz: 1000, scale: 1, startUs: limits.nowMs * 1000 - 1e6 },
      Float32Array.from({ length: 32 }, Math.sin),
    ),
  ),
  waveform: text({ samples: [1, 2, 3], sampleRateHz: 1000, startTime: '2026-01-04T00:00:00Z', unit: 'g' }),
  value: text({
    value: 61.2,
    time: '2026-01-04T00:00:00',
    rows: [{ v: 1, t: '2026-01-04T00:00:00Z', q: 'Good' }],
    a: { b: 1 },
    v: [1, 2],
    unit: 'degC',
  }),
  cbor: Buffer.from(encodeCbor([{ n: 'temp', v: 61.2, t: [1, 2, { deep: new Uint8Array(4) }] }])),
  msgpack: Buffer.from(encodeMsgpack({ rows: [{ v: 1.5, t: new Date(0) }], big: 2 ** 40, bytes: new Uint8Array(4) })),
  csv: text('time;temp\n1767571200;61,2\n1767571201;"61,3"\n'),
  sparkplug: Buffer.from(
    toBinary(
      PayloadSchema,
      create(PayloadSchema, {
        timestamp: 1n,
        seq: 0n,
        metrics: [
          { name: 'a', alias: 1n, datatype: 10, value: { case: 'doubleValue', value: 1 } },
          { name: 'b', alias: 2n, datatype: 30, value: { case: 'bytesValue', value: new Uint8Array(16) } },
        ],
      }),
    ),
  ),
  health: text({
    v: 1,
    site: 's',
    edge: 'e',
    outbox: 'o',
    sequence: 1,
    oldest: 1,
    timeMs: 1,
    timeQuality: 'source',
    asset: 'a',
    kind: 'pump',
    status: 'NORMAL',
    points: [],
    remainingLife: { assessment: 'not_assessable', reason: '', remedy: '' },
  }),
};

function bytes(random: Random, most: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: Math.floor(random() * most) }, () => Math.floor(random() * 256)));
}

/** Truncated, bit-flipped, duplicated, or with an insertion. */
function damaged(good: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * good.length);
  switch (Math.floor(random() * 5)) {
    case 0:
      return good.subarray(0, at);
    case 1:
      return Buffer.concat([good, good.subarray(at)]);
    case 2:
      return Buffer.concat([good.subarray(0, at), bytes(random, 8), good.subarray(at)]);
    case 3: {
      const nested = random() < 0.5 ? '[' : '{"a":';
      return Buffer.concat([
        good.subarray(0, at),
        Buffer.from(nested.repeat(Math.floor(random() * 200))),
        good.subarray(at),
      ]);
    }
    default: {
      const flipped = Buffer.from(good);
      for (let i = 0; i < 1 + random() * 4; i++)
        flipped[Math.floor(random() * flipped.length)] ^= 1 << Math.floor(random() * 8);
      return flipped;
    }
  }
}

const oneOf = <T>(all: readonly T[], random: Random) => all[Math.floor(random() * all.length)];
const payload = (good: Buffer, random: Random) => (random() < 0.5 ? bytes(random, 300) : damaged(good, random));

/** Runs every case; none may throw, take long, or leak memory. */
function fuzz(one: (random: Random, i: number) => void): void {
  const random = randomOf(20261124);
  let slowest = 0;
  let before = 0;
  for (let i = 0; i < CASES; i++) {
    if (i === Math.floor(CASES / 2)) before = process.memoryUsage().rss;
    // Processor time: other processes of a busy machine use wall-clock time.
    const began = process.cpuUsage();
    one(random, i);
    const { user, system } = process.cpuUsage(began);
    slowest = Math.max(slowest, (user + system) / 1000);
  }
  expect(slowest).toBeLessThan(MAX_MS);
  expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(MAX_GROWTH_MB);
}

test(`${CASES} waveform payloads`, () => {
  fuzz((random) => {
    for (const arrival of decode(
      oneOf(WAVEFORMS, random),
      payload(oneOf([GOOD.frame, GOOD.waveform], random), random),
      limits,
    ))
      if (arrival.ok) sampleBlockSchema.parse(arrival.block);
  });
});

test(`${CASES} JSON values`, () => {
  fuzz((random) => {
    for (const arrival of decode(
      oneOf(VALUES, random),
      payload(oneOf([GOOD.value, GOOD.cbor, GOOD.msgpack, GOOD.csv], random), random),
      limits,
    ))
      if (arrival.ok) sampleBlockSchema.parse(arrival.block);
  });
});

test(`${CASES} Sparkplug payloads, each processed by a node's table`, () => {
  const table = new NodeTable(50);
  const types: MessageType[] = ['NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH'];
  fuzz((random) => {
    let message: ReturnType<typeof fromBinary<typeof PayloadSchema>>;
    try {
      message = fromBinary(PayloadSchema, payload(GOOD.sparkplug, random));
    } catch (error) {
      // Invalid protobuf is a library error that the source counts.
      expect(error).toBeInstanceOf(Error);
      return;
    }
    const update = table.take(
      oneOf(types, random),
      `g/n${Math.floor(random() * 100)}`,
      `d${Math.floor(random() * 3)}`,
      message,
    );
    for (const { metric, datatype } of update.metrics) metricValue(metric, datatype);
  });
});

test(`${CASES} OPC UA values`, () => {
  const contents = [
    null,
    1,
    Number.NaN,
    true,
    'text',
    [1, 2],
    [1, 'x', null],
    new Float32Array([1, 2]),
    [[0, 1]],
    new Date(),
    { a: 1 },
  ];
  const types = [
    DataType.Double,
    DataType.Int64,
    DataType.UInt64,
    DataType.String,
    DataType.Boolean,
    DataType.Null,
    DataType.ExtensionObject,
  ];
  const codes = [
    StatusCodes.Good,
    StatusCodes.Bad,
    StatusCodes.UncertainSensorNotAccurate,
    StatusCodes.GoodWithOverflowBit,
  ];
  fuzz((random) => {
    const value = new DataValue({ statusCode: oneOf(codes, random), sourceTimestamp: new Date(random() * 4e12) });
    // As from a non-conforming server: types that do not match their content.
    const variant = new Variant();
    Object.assign(variant, {
      dataType: oneOf(types, random),
      arrayType: oneOf([VariantArrayType.Scalar, VariantArrayType.Array], random),
      value: oneOf(contents, random),
    });
    value.value = variant;
    const node = {
      nodeId: 'ns=1;s=x',
      asset: 'a',
      point: 'p',
      samplingIntervalMs: 0,
      queueSize: 1,
      discard: 'oldest' as const,
      sampleRateHz: random() < 0.5 ? 1000 : undefined,
      scale: 1,
      offset: 0,
    };
    const decoded = decodeDataValue(node, 'source', value, limits);
    if (decoded.ok) sampleBlockSchema.parse(decoded.block);
  });
});

test(`${CASES} Modbus registers`, () => {
  const types = ['int16', 'uint16', 'int32', 'uint32', 'float32', 'int64', 'uint64', 'float64'] as const;
  fuzz((random) => {
    const register = {
      asset: 'a',
      point: 'p',
      table: 'input',
      address: Math.floor(random() * 65_536),
      type: oneOf(types, random),
      order: oneOf(['ABCD', 'CDAB', 'BADC', 'DCBA'] as const, random),
      noValue: oneOf([undefined, 'sunspec', [65_535, '0x8000']] as const, random) as never,
      scale: 1,
      offset: 0,
    } as const;
    const [read] = planReads([register]);
    const value = decodeRegister(
      register,
      read,
      Uint8Array.from({ length: 2 * read.count }, () => Math.floor(random() * 256)),
    );
    if (value !== 'missing_value') expect(typeof value).toBe('number');
  });
});

test(`${CASES} topics, and messages to the gateway`, () => {
  const router = new Router([
    subscriptionSchema.parse({ topic: 'plant/{asset}/+/{point}', payload: { type: 'scalar' } }),
  ]);
  fuzz((random) => {
    router.find(
      random() < 0.5 ? bytes(random, 60).toString('latin1') : `plant/${bytes(random, 6)}/x/${bytes(random, 6)}`,
    );
    const kind = oneOf(
      ['health/a', 'features/a/p', 'alerts/a', 'ledger', 'status', 'evidence/x', bytes(random, 9).toString()],
      random,
    );
    parseMessage(`millwright/v1/s/e/${kind}`, payload(GOOD.health, random));
  });
});
