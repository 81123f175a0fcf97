import { expect, test } from 'vitest';
import { withoutPassword } from './withoutPassword.ts';

test.each([
  ['mqtt://ann:secret@host:1883', 'mqtt://ann:***@host:1883'],
  ['mqtts://ann:a%40b:c@host/path', 'mqtts://ann:***@host/path'],
  ['opc.tcp://:secret@host', 'opc.tcp://:***@host'],
  ['mqtt://ann@host:1883', 'mqtt://ann@host:1883'],
  ['http://host:8080/a:b@c', 'http://host:8080/a:b@c'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown);
});
