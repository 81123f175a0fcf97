import { median } from '../statistics.ts';

/** The estimate of a device's clock relative to the receiver's. */
export interface ClockView {
  /** How far the device's clock is behind, in seconds; negative: ahead. Includes the network's minimum latency. */
  offsetS: number;
  /** How much slower it runs, in ppm; null for the first half hour. */
  driftPpm: number | null;
  /** Number of times it was set. */
  jumps: number;
}

/** Window whose fastest message counts: the extra delay of others is network latency. */
const WINDOW_MS = 30_000;
const KEPT_WINDOWS = 60;
const DRIFT_WINDOWS = 60;
/** A clock whose offset changes by more from one window to the next was set. */
const JUMP_MS = 1500;
/** Timestamps of a replayed recording or a backlog advance at another rate than the clock and are not used. */
const PACE = [0.5, 2] as const;
/** A clock that went back is accepted after this many consistent messages. */
const AGREEING = 10;

/**
 * Offset and drift of a device's clock from timestamps and arrival times: the least delay of each half minute counts
 * (as in NTP's clock filter, RFC 5905, 10), and the drift is the median slope of those (Theil–Sen).
 */
export class ClockEstimate {
  jumps = 0;
  #windows: { arrivalMs: number; delayMs: number }[] = [];
  #window: { beganMs: number; least: number; arrivalMs: number; stampMs: number; messages: number } | null = null;

  /** Observes a message; true if the clock may have been set back, so that new timestamps precede earlier ones. */
  observe(stampMs: number, arrivalMs: number): boolean {
    const delayMs = arrivalMs - stampMs;
    const now = this.#window;
    if (!now) {
      this.#begin(stampMs, arrivalMs);
      return false;
    }
    now.messages++;
    if (delayMs < now.least) {
      now.least = delayMs;
      now.arrivalMs = arrivalMs;
    }
    if (arrivalMs - now.beganMs < WINDOW_MS || now.messages < AGREEING) return false;
    const pace = (stampMs - now.stampMs) / (arrivalMs - now.beganMs);
    const live = pace > PACE[0] && pace < PACE[1];
    this.#begin(stampMs, arrivalMs);
    if (!live) {
      // A jump within a window looks like a pace, too: the windows before and after it reveal the jump.
      return false;
    }
    return this.#close(now);
  }

  get view(): ClockView | null {
    const last = this.#windows.at(-1);
    if (!last) return null;
    return { offsetS: last.delayMs / 1000, driftPpm: this.#driftPpm(), jumps: this.jumps };
  }

  #begin(stampMs: number, arrivalMs: number): void {
    this.#window = { beganMs: arrivalMs, least: arrivalMs - stampMs, arrivalMs, stampMs, messages: 1 };
  }

  #close({ least, arrivalMs }: { least: number; arrivalMs: number }): boolean {
    const last = this.#windows.at(-1);
    const jump = last === undefined ? 0 : least - last.delayMs;
    if (Math.abs(jump) > JUMP_MS) {
      this.jumps++;
      this.#windows = [];
    }
    this.#windows.push({ arrivalMs, delayMs: least });
    if (this.#windows.length > KEPT_WINDOWS) this.#windows.shift();
    // The first window of a process may follow a clock set while it was down: callers go back only if they have to.
    return last === undefined || jump > JUMP_MS;
  }

  #driftPpm(): number | null {
    const all = this.#windows;
    if (all.length < DRIFT_WINDOWS) return null;
    const slopes: number[] = [];
    for (let i = 0; i < all.length; i++) {
      for (let j = i + 1; j < all.length; j++) {
        slopes.push((all[j].delayMs - all[i].delayMs) / (all[j].arrivalMs - all[i].arrivalMs));
      }
    }
    return median(slopes) * 1e6;
  }
}
