import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TrustedTurn } from './trustedTurn.ts';

const REFUSED = "Fail to connect to server at opc.tcp://h:4840 to collect server's certificate (in findEndpoint)";

test('if a server refuses to provide its certificate and none is trusted, the remedy is named', () => {
  const turn = new TrustedTurn(mkdtempSync(join(tmpdir(), 'millwright-turn-')), () => Date.now());
  expect(turn.next(`${REFUSED} (err = premature disconnection 4)`)).toMatch(/trust it from a file/);
  expect(turn.certificate()).toBeUndefined();
  expect(turn.next('BadIdentityTokenRejected')).toBeNull();
  expect(turn.next(`${REFUSED} (err = The connection cannot be established with server)`)).toBeNull();
});
