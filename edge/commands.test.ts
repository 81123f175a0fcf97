import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Commands } from './commands.ts';
import { edgeConfigSchema } from './config.ts';
import { Outbox } from './outbox.ts';

const NOW_MS = 1.7e12;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');

function setUp(withKey = true) {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-commands-'));
  const commandKeyFile = join(directory, 'key.pem');
  writeFileSync(commandKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  const subscriptions = [{ topic: '{asset}/{point}', payload: { type: 'scalar' } }];
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: directory,
    sources: [{ type: 'mqtt', url: 'mqtt://x', subscriptions }],
    uplink: { url: 'mqtt://x', ...(withKey ? { commandKeyFile } : {}) },
  });
  const open = () => Outbox.open(directory, { maxBytes: 1e9, maxAgeMs: 1e15 }, 0, () => undefined);
  const outbox = open();
  return { commands: new Commands(config, outbox, () => NOW_MS), config, outbox, open };
}

const command = (more: object = {}) => ({
  v: 1,
  id: 'c-1',
  site: 's',
  edge: 'e',
  issuedMs: NOW_MS,
  order: { what: 'relearn', asset: 'pump', point: '2H' },
  ...more,
});
const signed = (content: object, key = privateKey) => {
  const body = JSON.stringify(content);
  return Buffer.from(JSON.stringify({ body, signature: sign(null, Buffer.from(body), key).toString('base64') }));
};
const done = () => 'done so';

test('a signed command is executed once, also across a restart', async () => {
  const { commands, config, outbox, open } = setUp();
  const message = signed(command());
  expect(await commands.handle(message, 0, done)).toMatchObject({ id: 'c-1', outcome: 'done', detail: 'done so' });
  expect(await commands.handle(message, 0, done)).toBe('replayed');
  outbox.close();
  const after = new Commands(config, open(), () => NOW_MS);
  expect(await after.handle(message, 0, done)).toBe('replayed');
  expect(await after.handle(signed(command({ issuedMs: NOW_MS + 1 })), 0, done)).toMatchObject({ outcome: 'done' });
});

test.each([
  ['forged', signed(command(), other.privateKey)],
  ['forged', Buffer.from(signed(command()).toString().replace('relearn', 'evidenc'))],
  ['malformed', Buffer.from('{"body": 1}')],
  ['malformed', Buffer.from('no JSON')],
  ['malformed', Buffer.from([0xff, 0xfe])],
  ['malformed', signed(command({ order: { what: 'format disk' } }))],
  ['malformed', signed(command({ v: 2 }))],
  ['not_for_us', signed(command({ edge: 'f' }))],
  ['stale', signed(command({ issuedMs: NOW_MS - 400_000 }))],
  ['stale', signed(command({ issuedMs: NOW_MS + 400_000 }))],
] as const)('%s', async (why, message) => {
  const { commands } = setUp();
  let executed = false;
  const execute = () => {
    executed = true;
    return '';
  };
  expect(await commands.handle(message, 0, execute)).toBe(why);
  expect(executed).toBe(false);
  expect(commands.refused.get(why)).toBe(1);
});

test('a known clock offset does not make a fresh command stale', async () => {
  const { commands } = setUp();
  const behindMs = 3_600_000;
  expect(await commands.handle(signed(command({ issuedMs: NOW_MS - behindMs })), behindMs, done)).toMatchObject({
    outcome: 'done',
  });
});

test('without a key no command is executed; one that fails reports why', async () => {
  expect(await setUp(false).commands.handle(signed(command()), 0, done)).toBe('no_key');
  const refuse = () => {
    throw new Error('pump has no point 2H');
  };
  expect(await setUp().commands.handle(signed(command()), 0, refuse)).toMatchObject({
    outcome: 'refused',
    detail: 'pump has no point 2H',
  });
});
