import { beforeAll, expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { parseMessage } from '#models/contracts/message.ts';
import { topics } from '#models/contracts/topics.ts';
import { valuesEvidence } from '#simulators/endToEnd/valuesEvidence.ts';
import { createAlertBundle, type DecidedEvidence, MANIFEST, sha256 } from './createAlertBundle.ts';
import { replayBundle } from './replayBundle.ts';
import { createTar, readTar } from './tar.ts';

let all: DecidedEvidence[];
beforeAll(async () => {
  const origin = { site: 's', edge: 'e' };
  const envelope = { v: 1, ...origin, outbox: 'o', sequence: 1, oldest: 1 };
  // As the gateway receives it: serialized and parsed by its contract.
  all = (await valuesEvidence('tested')).map((body) => {
    const text = JSON.stringify({ ...envelope, ...body });
    const parsed = parseMessage(topics.evidence(origin, (body as { id: string }).id), Buffer.from(text));
    if (!parsed.ok) throw new Error(parsed.detail);
    return parsed.message.body as DecidedEvidence;
  });
}, 60_000);

const kindOf = ({ decision }: DecidedEvidence) => ('basis' in decision ? decision.basis.kind : 'signal');
const evidenceOf = (kind: string) => all.find((one) => kindOf(one) === kind) as DecidedEvidence;
const bundleOf = (evidence: DecidedEvidence) =>
  createAlertBundle({ id: evidence.id } as AlertRecord, evidence, 'gateway');

test('alerts of trends, slow values and process models replay bit for bit', async () => {
  expect(new Set(all.map(kindOf))).toEqual(new Set(['value', 'process', 'trend']));
  for (const evidence of all)
    expect(await replayBundle(bundleOf(evidence), 'tested'), evidence.id).toMatchObject({
      alert: evidence.id,
      outcome: 'identical',
      details: [],
    });
});

const all9 = (numbers: string) => numbers.replace(/[\d.e+-]+/g, '9');
test.each([
  ['trend', 'decision/basis/medians.json', (text: string) => text.replace(/\d\.\d+/, '9.5')],
  ['trend', 'decision/basis/normal.json', () => '1.25\n'],
  ['value', 'decision/basis/row.json', (text: string) => text.replace(/\d+\.\d+/, '1.5')],
  ['value', 'decision/basis/snapshot.json', (text: string) => text.replace(/(?<="\$float64": ".{44}).{8}/, 'AAAAAAAA')],
  ['process', 'decision/basis/rows.json', (text: string) => text.replace(/\d+\.\d+/, '1.5')],
  ['process', 'decision/basis/model.json', (text: string) => text.replace(/(?<="limits": \[)[^\]]+/, all9)],
  ['process', 'decision/basis/state.json', (text: string) => text.replace(/(?<="levels": \[)[^\]]+/, all9)],
  ['process', 'decision/verdict.json', (text: string) => text.replace('"confidence": 1', '"confidence": 0.5')],
  ['process', 'decision/trigger.json', (text: string) => text.replace('"persistence": 1', '"persistence": 5')],
])(
  '%s: a change of %s is detected by the manifest, or by the verdict if the manifest is forged',
  async (kind, name, change) => {
    const files = readTar(bundleOf(evidenceOf(kind))).map((file) => {
      if (file.name !== name) return file;
      const text = change(file.bytes.toString());
      expect(text).not.toBe(file.bytes.toString());
      return { name, bytes: Buffer.from(text) };
    });
    expect(await replayBundle(createTar(files), 'tested')).toMatchObject({
      outcome: 'tampered',
      details: [`${name} was changed`],
    });
    const others = files.filter((file) => file.name !== MANIFEST);
    const manifest = others.map((file) => `${sha256(file.bytes)}  ${file.name}\n`).join('');
    const forged = createTar([...others, { name: MANIFEST, bytes: Buffer.from(manifest) }]);
    expect(await replayBundle(forged, 'tested')).toMatchObject({ outcome: 'tampered' });
  },
);

test('a basis of unknown kind is not a bundle, and one without its values counts as tampered', async () => {
  const evidence = evidenceOf('trend');
  const files = readTar(bundleOf(evidence));
  const without = files.filter(({ name }) => name !== 'decision/basis/kind.json');
  await expect(replayBundle(createTar(without), 'tested')).rejects.toThrow('kind');
  const emptied = createTar(files.filter(({ name }) => name !== 'decision/basis/days.json'));
  expect(await replayBundle(emptied, 'tested')).toMatchObject({
    outcome: 'tampered',
    details: ['decision/basis/days.json is missing'],
  });
});
