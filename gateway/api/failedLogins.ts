/** Limit on stored keys, so that a flood cannot exhaust memory. */
const MAX_KEYS = 10_000;

/** Counts failed sign-ins by address or by account, to slow down guessing. */
export class FailedLogins {
  readonly #now: () => number;
  readonly #most: number;
  readonly #windowMs: number;
  readonly #failed = new Map<string, { count: number; sinceMs: number }>();
  /** Requests refused because of failed sign-ins; counted by the caller. */
  turnedAway = 0;

  /** @param most failures allowed within the window; after that, attempts must wait for its end. */
  constructor(now: () => number, most = 20, windowMs = 60_000) {
    this.#now = now;
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Seconds until the next attempt is allowed; 0 if it is allowed now. */
  waitS(key: string): number {
    const known = this.#failed.get(key);
    if (known === undefined || known.count < this.#most) return 0;
    const leftMs = known.sinceMs + this.#windowMs - this.#now();
    if (leftMs > 0) return Math.ceil(leftMs / 1000);
    this.#failed.delete(key);
    return 0;
  }

  failed(key: string): void {
    const nowMs = this.#now();
    const known = this.#failed.get(key);
    const isOld = known === undefined || nowMs - known.sinceMs > this.#windowMs;
    if (isOld && this.#failed.size >= MAX_KEYS) {
      const [oldest] = this.#failed.keys();
      this.#failed.delete(oldest);
    }
    this.#failed.set(key, isOld ? { count: 1, sinceMs: nowMs } : { ...known, count: known.count + 1 });
  }

  succeeded(key: string): void {
    this.#failed.delete(key);
  }
}
