/** Keys that are remembered: a flood of many must not fill the memory. */
const MAX_KEYS = 10_000;

/** Counts failed sign-ins by address or by account, so that guessing is slow. */
export class FailedLogins {
  readonly #now: () => number;
  readonly #most: number;
  readonly #windowMs: number;
  readonly #failed = new Map<string, { count: number; sinceMs: number }>();
  /** Requests that were refused for it; whoever refuses one counts it. */
  turnedAway = 0;

  /** @param most failures within the window, after which the rest of it is waited for. */
  constructor(now: () => number, most = 20, windowMs = 60_000) {
    this.#now = now;
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Seconds until the next attempt; 0 where it may be now. */
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
