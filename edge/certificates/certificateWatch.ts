import type { Logger } from 'pino';
import { listCertificates, type StoredCertificate, WARN_DAYS } from './certificateStore.ts';

/** Watches the certificates in use: exposes them as a metric, and warns before one expires. */
export class CertificateWatch {
  /** The edge's own, and those of trusted servers. */
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
