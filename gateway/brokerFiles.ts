import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aclText, type BrokerAccount, passwordText } from './brokerAccess.ts';

/** Writes Mosquitto's `passwords` and `acl`. @throws if the directory cannot be written. */
export function writeBrokerFiles(directory: string, accounts: readonly BrokerAccount[]): void {
  mkdirSync(directory, { recursive: true });
  replaceFile(join(directory, 'passwords'), passwordText(accounts));
  replaceFile(join(directory, 'acl'), aclText(accounts));
}

/** Written atomically, because Mosquitto might read a partial file, and readable only by its owner and group. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o640 });
  renameSync(`${file}.new`, file);
}
