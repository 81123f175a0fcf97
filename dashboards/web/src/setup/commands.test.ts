import { expect, test } from 'vitest';
import { enrolCommand } from './commands.ts';

test('the command can be pasted into a shell', () => {
  expect(enrolCommand('https://gateway:8443', 'mwe_a-B')).toBe(
    'millwright edge enrol https://gateway:8443 --code mwe_a-B --out /etc/millwright/uplink',
  );
  expect(enrolCommand("http://x/'; rm", 'c')).toContain("'http://x/'\\''; rm'");
});
