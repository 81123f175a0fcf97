import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { installed } from '#simulators/endToEnd/servers.ts';
import { freePort, untilListens } from '#simulators/freePort.ts';
import { aclText, passwordText } from './brokerAccess.ts';
import { checkBroker, testAccounts } from './brokerChecks.ts';

/** The files that `millwright gateway broker-acl` writes, enforced by Debian's Mosquitto. */
describe.skipIf(!installed('mosquitto'))('the files of broker-acl', () => {
  checkBroker('Mosquitto', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-mosquitto-'));
    // Mosquitto started as root switches to another account.
    chmodSync(directory, 0o755);
    const port = await freePort();
    const accounts = testAccounts();
    writeFileSync(join(directory, 'acl'), aclText(accounts));
    writeFileSync(join(directory, 'passwords'), passwordText(accounts));
    const lines = [
      'allow_anonymous false',
      `acl_file ${join(directory, 'acl')}`,
      `password_file ${join(directory, 'passwords')}`,
    ];
    writeFileSync(join(directory, 'conf'), [`listener ${port} 127.0.0.1`, ...lines].join('\n'));
    const server = spawn('/usr/sbin/mosquitto', ['-c', join(directory, 'conf')], { stdio: 'ignore' });
    await untilListens(port);
    return {
      url: `mqtt://127.0.0.1:${port}`,
      async close() {
        server.kill();
        await once(server, 'exit');
      },
    };
  });
});
