import sparkplugPayload from 'sparkplug-payload';
import { expect, test } from 'vitest';
import { SparkplugNode } from './sparkplugNode.ts';

const { decodePayload } = sparkplugPayload.get('spBv1.0') as { decodePayload(bytes: Buffer): Payload };
interface Payload {
  seq: { toNumber(): number };
  metrics: { name: string; type: string; value: unknown }[];
}
/** Decodes a message with another implementation. */
const read = ({ topic, payload }: { topic: string; payload: Buffer }) => {
  const { seq, metrics } = decodePayload(payload);
  const values = metrics.map(({ name, type, value }) => [name, type, String(value)]);
  return { topic, seq: seq === undefined || seq === null ? null : Number(seq), values };
};
const number = (value: number | null) => ({ type: 'number', value }) as const;
const text = (value: string | null) => ({ type: 'text', value }) as const;

test("a device's birth has all its metrics, a new metric brings another birth; data carry the changes", () => {
  const node = new SparkplugNode({ group: 'Plant1', node: 'condition' }, () => 1000);
  expect(node.births().map((m) => read(m).topic)).toEqual(['spBv1.0/Plant1/NBIRTH/condition']);
  const first = node.update('pump', { 'Condition/index': number(0.5), 'Condition/fault': text(null) });
  expect(first && read(first)).toEqual({
    topic: 'spBv1.0/Plant1/DBIRTH/condition/pump',
    seq: 1,
    values: [
      ['Condition/index', 'Double', '0.5'],
      ['Condition/fault', 'String', 'null'],
    ],
  });
  const second = node.update('pump', { 'Condition/index': number(0.5), 'Condition/fault': text('ball') });
  expect(second && read(second)).toEqual({
    topic: 'spBv1.0/Plant1/DDATA/condition/pump',
    seq: 2,
    values: [['Condition/fault', 'String', 'ball']],
  });
  expect(node.update('pump', { 'Condition/index': number(0.5) })).toBeNull();
  const third = node.update('pump', { 'Features/2H/rms': number(1.5) });
  expect(third && read(third)).toMatchObject({ topic: 'spBv1.0/Plant1/DBIRTH/condition/pump', seq: 3 });
  expect(third && read(third).values).toHaveLength(3);
});

test('births begin a sequence, and a birth has the session number of the preceding will', () => {
  const node = new SparkplugNode({ group: 'g', node: 'n' }, () => 1000);
  node.update('pump', { 'Condition/index': number(1) });
  node.nextSession();
  const bdSeq = (m: { topic: string; payload: Buffer }) => read(m).values.find(([name]) => name === 'bdSeq');
  const [birth, device] = node.births();
  expect(bdSeq(birth)).toEqual(bdSeq(node.death()));
  expect(bdSeq(birth)).toEqual(['bdSeq', 'UInt64', '1']);
  expect([read(birth).seq, read(device).seq]).toEqual([0, 1]);
  for (let i = 0; i < 300; i++) node.update('pump', { 'Condition/index': number(2 + i) });
  const last = node.update('pump', { 'Condition/index': number(0) });
  expect(last && read(last).seq).toBe(302 % 256);
});
