import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Enrolled, Enrolment } from '#models/contracts/enrolment.ts';
import { accountsOf, type BrokerAccount, enrolledAccount } from './brokerAccess.ts';
import { writeBrokerFiles } from './brokerFiles.ts';
import { hashBrokerPassword } from './brokerPassword.ts';
import type { GatewayConfig } from './config.ts';
import { edgeUsername } from './edgeUsername.ts';
import type { EdgeName } from './identity/enrolmentTable.ts';
import type { IdentityStore } from './identity/identityStore.ts';
import { generateSecret } from './identity/secret.ts';

/** The configured broker accounts, and those that edges obtain with one-time codes. */
export class BrokerAccounts {
  readonly #config: GatewayConfig;
  readonly #identities: IdentityStore;
  readonly #configured: ReadonlyMap<string, BrokerAccount>;
  readonly #now: () => number;
  readonly #changed: () => void;

  /**
   * @param changed called after an edge's account was added or removed.
   * @throws Error if a password, key or certificate cannot be read, or Mosquitto's files cannot be written.
   */
  constructor(
    config: GatewayConfig,
    identities: IdentityStore,
    now: () => number,
    changed: () => void = () => undefined,
  ) {
    this.#config = config;
    this.#identities = identities;
    this.#configured = new Map(accountsOf(config).map((account) => [account.username, account]));
    this.#now = now;
    this.#changed = changed;
    if (config.brokerAccounts?.enrolment === undefined) return;
    this.#readPublicFiles();
    this.writeFiles();
  }

  /** The account of a broker client; undefined if there is none. */
  account(username: string): BrokerAccount | undefined {
    const configured = this.#configured.get(username);
    if (configured !== undefined) return configured;
    const enrolled = this.#identities.enrolments.account(username);
    return enrolled === null ? undefined : enrolledAccount(enrolled);
  }

  list(): Enrolment[] {
    return this.#identities.enrolments.list(this.#now());
  }

  /** A one-time code for an edge, or the reason why it can have none. */
  createCode(
    edge: EdgeName,
    receives: readonly string[],
    validMs: number,
  ): { code: string; expiresMs: number } | { fault: string } {
    const username = edgeUsername(edge);
    if (this.#configured.has(username)) return { fault: `${username} is a configured account: remove it there first` };
    return this.#identities.atOnce(() => {
      // Names may contain dots: a.b of c, and b.c of a.
      const other = this.list().find((e) => e.username === username && (e.site !== edge.site || e.edge !== edge.edge));
      if (other !== undefined) return { fault: `${other.site}/${other.edge} has the same user name, ${username}` };
      const expiresMs = this.#now() + validMs;
      const code = this.#identities.enrolments.addCode(edge, receives, this.#now(), expiresMs);
      return { code, expiresMs };
    });
  }

  /** The account for a code, whose password is not stored; null if the code is unknown, used or expired. */
  enrol(code: string): Enrolled | null {
    const password = generateSecret();
    const account = this.#identities.enrol(code, hashBrokerPassword(password));
    if (account === null) return null;
    this.#changed();
    this.writeFiles();
    return this.#answerFor(account, password);
  }

  /** False if there is nothing to revoke. */
  revoke(edge: EdgeName): boolean {
    const revoked = this.#identities.atOnce(() => this.#identities.enrolments.revoke(edge));
    if (revoked) {
      this.#changed();
      this.writeFiles();
    }
    return revoked;
  }

  #answerFor({ site, edge, username }: EdgeName & { username: string }, password: string): Enrolled {
    const { broker, brokerAccounts } = this.#config;
    // The configuration refuses accounts with another type of broker.
    const brokerUrl = brokerAccounts?.enrolment?.brokerUrl ?? (broker.type === 'mqtt' ? broker.url : '');
    return { site, edge, brokerUrl, username, password, ...this.#readPublicFiles() };
  }

  #readPublicFiles(): Pick<Enrolled, 'certificateAuthority' | 'commandKey'> {
    const { broker, commands } = this.#config;
    const publicKey = ({ keyFile }: { keyFile: string }) =>
      createPublicKey(readFileSync(keyFile)).export({ type: 'spki', format: 'pem' }).toString();
    return {
      certificateAuthority: broker.caFile === undefined ? null : readFileSync(broker.caFile, 'utf8'),
      commandKey: commands === undefined ? null : publicKey(commands),
    };
  }

  /** Writes Mosquitto's files, if their directory is configured. @throws Error if it cannot be written. */
  writeFiles(): void {
    const directory = this.#config.brokerAccounts?.enrolment?.mosquittoDirectory;
    if (directory === undefined) return;
    const enrolled = this.#identities.enrolments.accounts().map(enrolledAccount);
    writeBrokerFiles(directory, [...this.#configured.values(), ...enrolled]);
  }
}
