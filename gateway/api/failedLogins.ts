const WINDOW_MS = 60_000;
const MOST_FAILED = 20;
/** Addresses that are remembered: a flood from many must not fill the memory. */
const MOST_ADDRESSES = 10_000;

/** Counts wrong tokens by address, so that guessing them is slow. */
export class FailedLogins {
  readonly #now: () => number;
  readonly #failed = new Map<string, { count: number; sinceMs: number }>();
  /** Requests that were turned away for it. */
  turnedAway = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds until an address may try again; 0 where it may now. */
  waitS(address: string): number {
    const known = this.#failed.get(address);
    if (known === undefined || known.count < MOST_FAILED) return 0;
    const leftMs = known.sinceMs + WINDOW_MS - this.#now();
    if (leftMs > 0) {
      this.turnedAway++;
      return Math.ceil(leftMs / 1000);
    }
    this.#failed.delete(address);
    return 0;
  }

  failed(address: string): void {
    const nowMs = this.#now();
    const known = this.#failed.get(address);
    const isOld = known === undefined || nowMs - known.sinceMs > WINDOW_MS;
    if (isOld && this.#failed.size >= MOST_ADDRESSES) {
      const [oldest] = this.#failed.keys();
      this.#failed.delete(oldest);
    }
    this.#failed.set(address, isOld ? { count: 1, sinceMs: nowMs } : { ...known, count: known.count + 1 });
  }
}
