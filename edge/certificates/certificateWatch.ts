import type { Logger } from 'pino';
import { listCertificates, type StoredCertificate, WARN_DAYS } from './certificateStore.ts';

/** Looks after the certificates that are in use: what they are is a metric, and one that runs out is warned of. */
export class CertificateWatch {
  /** The edge's own, and the servers' that it trusts. */
  current: StoredCertificate[] = [];
  readonly #pki: string;
  readonly #now: () => number;
  readonly #log: Logger;

  constructor(pki: string, now: () => number, log: Logger) {
    this.#pki = pki;
    this.#now = now;
    this.#log = log;
  }

  check(): void {
    try {
      this.current = listCertificates(this.#pki, this.#now()).filter((c) => c.place !== 'rejected');
    } catch (error) {
      this.#log.error({ error: String(error) }, 'the certificate store cannot be read');
      return;
    }
    for (const { place, subject, thumbprint, daysLeft } of this.current) {
      if (daysLeft < WARN_DAYS) this.#log.warn({ place, subject, thumbprint, daysLeft }, 'a certificate runs out');
    }
  }
}
