import { expect, test } from 'vitest';
import { z } from 'zod';
import { formatError, parseConfiguration } from './parse.ts';

const schema = z.strictObject({
  site: z.string(),
  http: z.strictObject({ port: z.int().min(1).max(65_535), host: z.string().default('127.0.0.1') }),
  sources: z.array(z.discriminatedUnion('type', [z.strictObject({ type: z.literal('mqtt'), url: z.string() })])),
  mode: z.enum(['a', 'b']).default('a'),
});

const sound = 'site: plant\nhttp:\n  port: 80\nsources:\n  - type: mqtt\n    url: x\n';

test('reports all errors at once, each with line, path, found value and allowed values', () => {
  const parsed = parseConfiguration(
    'site: 5\nhttp:\n  port: 99999\n  hots: x\nsources:\n  - type: mqtt\nmode: c\n',
    schema,
  );
  expect(parsed.ok).toBe(false);
  if (parsed.ok) return;
  const lines = parsed.errors.map((e) => formatError(e, 'f.yaml')).sort();
  expect(lines).toEqual([
    'f.yaml:1: site: found 5; allowed: string',
    'f.yaml:3: http.port: found 99999; allowed: at most 65535',
    'f.yaml:4: http.hots: found "x"; allowed: no such setting here; did you mean host?',
    'f.yaml:6: sources.0.url: found nothing; allowed: string',
    'f.yaml:7: mode: found "c"; allowed: a | b',
  ]);
});

test('keys that look like numbers stay as written', () => {
  const parsed = parseConfiguration('names: { 24E1: a, 0102: b, 1.50: c, true: d }', z.unknown());
  expect(parsed).toEqual({ ok: true, value: { names: { '24E1': 'a', '0102': 'b', '1.50': 'c', true: 'd' } } });
});

test('an unknown kind lists the valid kinds', () => {
  const parsed = parseConfiguration(sound.replace('type: mqtt', 'type: opcua'), schema);
  expect(parsed.ok).toBe(false);
  if (!parsed.ok) expect(formatError(parsed.errors[0], 'f')).toBe('f:5: sources.0.type: found "opcua"; allowed: mqtt');
});

test('suggests the name for a misspelt setting or value', () => {
  const lines = (text: string) => {
    const parsed = parseConfiguration(text, schema);
    return parsed.ok ? [] : parsed.errors.map((e) => formatError(e, 'f'));
  };
  expect(lines(`${sound}Site: x\nnothing: 1\n`)).toEqual([
    'f:7: Site: found "x"; allowed: no such setting here; did you mean site?',
    'f:8: nothing: found 1; allowed: no such setting here',
  ]);
  expect(lines(sound.replace('type: mqtt', 'type: MQTT'))).toEqual([
    'f:5: sources.0.type: found "MQTT"; allowed: mqtt; did you mean mqtt?',
  ]);
});

test('a duplicate name is reported with all other errors', () => {
  const parsed = parseConfiguration(`${sound}site: again\nmode: c\n`, schema);
  expect(parsed.ok ? [] : parsed.errors.map((e) => formatError(e, 'f'))).toEqual([
    'f:7: found "site: again"; allowed: YAML 1.2: Map keys must be unique',
    'f:8: mode: found "c"; allowed: a | b',
  ]);
});

test('invalid YAML is reported with its position', () => {
  const parsed = parseConfiguration('site: "open\nhttp: [', schema);
  expect(parsed.ok).toBe(false);
  if (!parsed.ok) expect(parsed.errors[0].line).toBeGreaterThan(0);
});

test('an empty file lacks the required settings', () => {
  expect(parseConfiguration('', schema).ok).toBe(false);
});

test('the environment overrides single settings, and is validated like them', () => {
  const environment = { MW__HTTP__PORT: '8081', MW__MODE: 'b', MW_SITE: 'ignored', OTHER__SITE: 'ignored' };
  const parsed = parseConfiguration(sound, schema, environment, 'MW');
  expect(parsed).toMatchObject({ ok: true, value: { site: 'plant', http: { port: 8081 }, mode: 'b' } });
  expect(parseConfiguration(sound, schema, { MW__HTTP__PORT: 'many' }, 'MW').ok).toBe(false);
});

test('a thousand machines may share one description; a file that expands excessively is refused, not read', () => {
  const machines = Array.from({ length: 1000 }, (_, i) => `m${i}: *one\n`).join('');
  const shared = z.record(z.string(), z.object({ rpm: z.number() }));
  const parsed = parseConfiguration(`m: &one {rpm: 3}\n${machines}`, shared);
  expect(parsed.ok && Object.keys(parsed.value)).toHaveLength(1001);
  const tenfold = (i: number) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]\n`;
  const bomb = `a0: &a0 [1]\n${Array.from({ length: 9 }, (_, i) => tenfold(i)).join('')}`;
  expect(parseConfiguration(bomb, z.any())).toMatchObject({ ok: false, errors: [{ allowed: 'YAML 1.2' }] });
});
