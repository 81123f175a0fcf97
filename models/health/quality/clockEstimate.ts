import { median } from '../statistics.ts';

/** The estimate of a device's clock relative to the receiver's. */
export interface ClockView {
  /** How far the device's clock is behind, seconds; negative where it is ahead. The fastest way of the network is in it. */
  offsetS: number;
  /** How much slower it runs, in ppm; null for the first half hour. */
  driftPpm: number | null;
  /** Times that it was set. */
  jumps: number;
}

/** Over so much time the fastest message stands for all: what others took longer is the network's. */
const WINDOW_MS = 30_000;
const KEPT_WINDOWS = 60;
const DRIFT_WINDOWS = 60;
/** A clock that differs by more from one window to the next was set. */
const JUMP_MS = 1500;
/** Times of a replayed recording, or of a backlog, advance at another rate than the clock and are not used. */
const PACE = [0.5, 2] as const;
/** A clock that went back is accepted after this many consistent messages. */
const AGREEING = 10;

/**
 * Offset and drift of a device's clock by its stamps and their arrivals: of each half minute the least delay counts (as in
 * NTP's clock filter, RFC 5905, 10), and the drift is the median slope of those (Theil–Sen).
 */
export class ClockEstimate {
  jumps = 0;
  #windows: { arrivalMs: number; delayMs: number }[] = [];
  #window: { beganMs: number; least: number; arrivalMs: number; stampMs: number; messages: number } | null = null;

  /** Takes a message; true where the clock may have been set back, so that what comes now is older than what came. */
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
      // A jump within a window shows as a pace, too: the windows before and after it tell.
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
    // The first of a process may follow a clock that was set while it was away: who asks goes back only where it has to.
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
