import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { installed } from '../../simulators/endToEnd/servers.ts';

test.skipIf(!installed('promtool'))('promtool: each alert fires when it should, and no earlier', () => {
  const directory = fileURLToPath(new URL('.', import.meta.url));
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'rules.test.yml'], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect(stdout + stderr).toContain('SUCCESS');
  expect(status).toBe(0);
});
