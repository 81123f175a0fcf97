import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { listCertificates } from '../../certificates/certificateStore.ts';

/** The library's error if a server refuses unencrypted discovery, or was not reached. */
const DISCOVERY_REFUSED = /to collect server's certificate/;
const UNREACHED = /cannot be established|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH/;

/**
 * Chooses the certificate a server is assumed to have. The server is asked for it; if it refuses unencrypted discovery,
 * the trusted certificates are tried in turn, since an encrypted channel requires a known certificate.
 */
export class TrustedTurn {
  readonly #pki: string;
  readonly #now: () => number;
  #at: number | null = null;

  constructor(pki: string, now: () => number) {
    this.#pki = pki;
    this.#now = now;
  }

  /** In DER; undefined if the server is asked. @throws if the store cannot be read. */
  certificate(): Buffer | undefined {
    const file = this.#at === null ? undefined : this.#files()[this.#at];
    return file === undefined ? undefined : new X509Certificate(readFileSync(file)).raw;
  }

  /**
   * Chooses for the next attempt, after one that reached no session.
   * @returns the remedy if nothing is left to try.
   * @throws if the store cannot be read.
   */
  next(why: string): string | null {
    if (this.#at === null && (!DISCOVERY_REFUSED.test(why) || UNREACHED.test(why))) return null;
    const trusted = this.#files().length;
    const at = this.#at === null ? 0 : this.#at + 1;
    this.#at = at < trusted ? at : null;
    if (trusted > 0) return null;
    return 'the server does not tell its certificate without encryption: trust it from a file, with "millwright edge certificates trust"';
  }

  #files(): string[] {
    const nowMs = this.#now();
    return listCertificates(this.#pki, nowMs)
      .filter(({ place, validToMs }) => place === 'trusted' && validToMs > nowMs)
      .map(({ file }) => file);
  }
}
