import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokerClientId } from './brokerClientId.ts';

test('a client id is generated once per data directory; a configured one takes precedence', () => {
  const [one, other] = ['a', 'b'].map((name) => mkdtempSync(join(tmpdir(), `millwright-${name}-`)));
  const broker = { type: 'mqtt', url: 'mqtt://127.0.0.1' } as const;
  const id = brokerClientId({ broker, dataDirectory: one });
  expect(id).toMatch(/^millwright-gateway-[0-9a-f]{16}$/);
  expect(brokerClientId({ broker, dataDirectory: one })).toBe(id);
  expect(brokerClientId({ broker, dataDirectory: other })).not.toBe(id);
  expect(brokerClientId({ broker: { ...broker, clientId: 'g' }, dataDirectory: one })).toBe('g');
});
