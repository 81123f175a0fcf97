import { beforeAll, expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Decision } from '#models/contracts/decision.ts';
import { type SignalEvidence, signalEvidenceSchema } from '#models/contracts/evidence.ts';
import { messagesOf } from '#simulators/endToEnd/messagesOf.ts';
import { createAlertBundle, MANIFEST, sha256 } from './createAlertBundle.ts';
import { replayBundle } from './replayBundle.ts';
import { createTar, readTar } from './tar.ts';

type Evidence = SignalEvidence & { decision: Decision };
const fault = (type: string) => ({ type, point: '2H', onsetS: 60, firstG: 0.3, doublingS: 25, limitG: 12 });
const unbalance = { type: 'unbalance', onsetS: 60, firstMmPerS: 2, doublingS: 20, limitMmPerS: 9 };

let all: Evidence[];
beforeAll(() => {
  const envelope = { v: 1, site: 's', edge: 'e', outbox: 'o', sequence: 1, oldest: 1 };
  const runs = [messagesOf('pump', [fault('outer_race')], 180), messagesOf('fan', [unbalance], 180)];
  // As the gateway receives it: serialized and parsed by its contract.
  all = runs
    .flat()
    .filter(({ kind }) => kind === 'evidence')
    .map(({ body }) => signalEvidenceSchema.parse(JSON.parse(JSON.stringify({ ...envelope, ...body }))) as Evidence);
}, 60_000);

const bundleOf = (evidence: Evidence) => createAlertBundle({ id: evidence.id } as AlertRecord, evidence, 'gateway');
/** The bundle with one file replaced; if `forged`, with a matching manifest. */
function changed(evidence: Evidence, name: string, change: (text: string) => string, forged: boolean): Buffer {
  const files = readTar(bundleOf(evidence)).map((file) => {
    if (file.name !== name) return file;
    const text = change(file.bytes.toString());
    expect(text).not.toBe(file.bytes.toString());
    return { name, bytes: Buffer.from(text) };
  });
  if (!forged) return createTar(files);
  const others = files.filter((f) => f.name !== MANIFEST);
  const manifest = others.map((f) => `${sha256(f.bytes)}  ${f.name}\n`).join('');
  return createTar([...others, { name: MANIFEST, bytes: Buffer.from(manifest) }]);
}

test('alerts with their signal replay bit for bit, and their bundles are the same each time', async () => {
  // One at the raise, and another when an alert becomes critical.
  expect([...new Set(all.map((e) => e.decision.verdict.diagnosis.fault))]).toEqual(['outer_race', 'unbalance']);
  for (const evidence of all) {
    expect(evidence.decision.context).not.toBeNull();
    expect(await replayBundle(bundleOf(evidence), 'tested')).toMatchObject({ outcome: 'identical', details: [] });
    expect(bundleOf(evidence).equals(bundleOf(evidence))).toBe(true);
  }
});

test.each([
  ['signal.json', (text: string) => text.replace(/"scale": (\d)/, '"scale": 9$1')],
  ['decision/baseline.json', (text: string) => text.replace(/"ratioLimit": ([\d.]+)/, '"ratioLimit": 9.5')],
  [
    'decision/features.json',
    (text: string) => text.replace(/(?<="row": \[)[^\]]+/, (row) => row.replace(/[\d.e-]+/g, '1e-9')),
  ],
  ['decision/configuration.json', (text: string) => text.replace('"group": 2', '"group": 1')],
  ['decision/verdict.json', (text: string) => text.replace(/"confidence": ([\d.]+)/, '"confidence": 0.123')],
])('a change of %s is detected by the manifest, or by the verdict if the manifest is forged', async (name, change) => {
  const [, evidence] = all;
  const plain = await replayBundle(changed(evidence, name, change, false), 'tested');
  expect(plain).toMatchObject({ outcome: 'tampered', details: [`${name} was changed`] });
  const forged = await replayBundle(changed(evidence, name, change, true), 'tested');
  expect(forged.outcome).toBe('tampered');
  expect(forged.details[0]).toMatch(/^verdict\.|^its features/);
});

test('a different verdict of another version is reported as such, not as tampering', async () => {
  const [evidence] = all;
  const verdict = { ...evidence.decision.verdict, index: 1 };
  const report = await replayBundle(bundleOf({ ...evidence, decision: { ...evidence.decision, verdict } }), 'newer');
  expect(report).toMatchObject({ outcome: 'different_version', versions: { edge: 'tested', replay: 'newer' } });
  expect(report.details[0]).toMatch(/^verdict\.index: recorded 1, replayed /);
});

test('a missing or added file is detected; anything but a bundle is an error', async () => {
  const [evidence] = all;
  const files = readTar(bundleOf(evidence));
  const added = createTar([...files, { name: 'note.txt', bytes: Buffer.from('x') }]);
  expect((await replayBundle(added, 'tested')).details).toEqual(['note.txt was added']);
  await expect(replayBundle(createTar(files.filter((f) => f.name !== 'signal.json')), 'tested')).rejects.toThrow(
    'signal.json',
  );
  await expect(replayBundle(Buffer.from('not a tar'), 'tested')).rejects.toThrow('not a tar');
  await expect(replayBundle(bundleOf(evidence).subarray(0, 3000), 'tested')).rejects.toThrow();
});
