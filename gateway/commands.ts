import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command, Order } from '#models/contracts/command.ts';
import { SCHEMA_VERSION } from '#models/contracts/envelope.ts';
import type { Origin } from '#models/contracts/topics.ts';

/** Signs commands to edges. */
export class CommandSigner {
  readonly #key: KeyObject;
  readonly #now: () => number;
  #lastMs = 0;

  /** @throws if the file is unreadable or not an Ed25519 private key in PEM. */
  constructor(keyFile: string, now: () => number) {
    this.#key = createPrivateKey(readFileSync(keyFile));
    if (this.#key.asymmetricKeyType !== 'ed25519') throw new Error(`${keyFile}: not an Ed25519 private key`);
    this.#now = now;
  }

  /** A command and its message for `cmd/do`. Times increase, so that an edge executes each once. */
  sign({ site, edge }: Origin, order: Order): { command: Command; message: string } {
    this.#lastMs = Math.max(this.#now(), this.#lastMs + 1);
    const command: Command = { v: SCHEMA_VERSION, id: randomUUID(), site, edge, issuedMs: this.#lastMs, order };
    const body = JSON.stringify(command);
    return {
      command,
      message: JSON.stringify({ body, signature: sign(null, Buffer.from(body), this.#key).toString('base64') }),
    };
  }
}

/** Generates a key pair in PEM: the private key for the gateway, the public one for its edges. */
export function generateCommandKeys(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
