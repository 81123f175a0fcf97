import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { listCertificates } from '../../certificates/certificateStore.ts';

/** How the library says that a server tells nobody its endpoints without encryption, and that it did not reach one. */
const DISCOVERY_REFUSED = /to collect server's certificate/;
const UNREACHED = /cannot be established|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH/;

/**
 * Which certificate a server is taken to have. It is asked for it; where it refuses to be asked without encryption, those
 * that are trusted take turns, since an encrypted channel can only be opened to a certificate that is known.
 */
export class TrustedTurn {
  readonly #pki: string;
  readonly #now: () => number;
  #at: number | null = null;

  constructor(pki: string, now: () => number) {
    this.#pki = pki;
    this.#now = now;
  }

  /** In DER; undefined where the server is asked. @throws where the store cannot be read. */
  certificate(): Buffer | undefined {
    const file = this.#at === null ? undefined : this.#files()[this.#at];
    return file === undefined ? undefined : new X509Certificate(readFileSync(file)).raw;
  }

  /**
   * Chooses for the next attempt, after one that reached no session.
   * @returns the remedy where nothing is left to try. @throws where the store cannot be read.
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
