/** The correction of a device's timestamps while its clock is wrong, and the candidate for the next one. */
export interface ClockCorrection {
  /** 0: the clock is considered right. */
  offsetMs: number;
  /** Number of times it was set by a minute or more. */
  steps: number;
  /** Consecutive messages that are late despite the current correction: start, count, and range of their delays. */
  late: { sinceMs: number; messages: number; leastMs: number; mostMs: number } | null;
}

export const CLOCK_RIGHT: ClockCorrection = { offsetMs: 0, steps: 0, late: null };

/** A clock this near the edge's own is right. */
const NEAR_MS = 10_000;
/** A longer delay may be the network's, or the clock was set back. */
const LATE_MS = 60_000;
/**
 * A clock that is behind delays every message by the same time. A delivered backlog or a replayed recording has a
 * changing delay; only a delay that is steady for this many messages and this long is a wrong clock.
 */
const STEADY_MESSAGES = 5;
const STEADY_FOR_MS = 20_000;
/** Network jitter, and the part of the elapsed time by which a delay may change: a backlog at that pace never ends. */
const JITTER_MS = 2_500;
const STEADY_PACE = 0.05;
/** Earlier timestamps are a clock reset to 1970 or 1980: no device buffers data for that long. */
const FIRST_MS = Date.UTC(2000, 0, 1);

/**
 * The correction after one more message. A timestamp in the future is corrected at once, as it must be wrong; one in
 * the past only after several consecutive messages with the same delay. Pure.
 * @param aheadMs that a clock may be ahead before it is corrected.
 */
export function stepClock(
  state: ClockCorrection,
  stampMs: number,
  arrivalMs: number,
  aheadMs: number,
): ClockCorrection {
  const delayMs = arrivalMs - stampMs;
  const { offsetMs } = state;
  if (offsetMs !== 0 && Math.abs(delayMs) <= NEAR_MS) return set(state, 0);
  const lateMs = delayMs - offsetMs;
  if (lateMs < -(offsetMs === 0 ? aheadMs : NEAR_MS)) return set(state, delayMs);
  if (lateMs <= LATE_MS) return state.late === null ? state : { ...state, late: null };
  if (stampMs < FIRST_MS) return set(state, delayMs);
  const late = extended(state.late, delayMs, arrivalMs);
  const steady = late.messages >= STEADY_MESSAGES && arrivalMs - late.sinceMs >= STEADY_FOR_MS;
  return steady ? set(state, late.leastMs) : { ...state, late };
}

/** The run of late messages with one more; it restarts if the delay changes. */
function extended(
  late: ClockCorrection['late'],
  delayMs: number,
  arrivalMs: number,
): NonNullable<ClockCorrection['late']> {
  const leastMs = Math.min(late?.leastMs ?? delayMs, delayMs);
  const mostMs = Math.max(late?.mostMs ?? delayMs, delayMs);
  if (late === null || mostMs - leastMs > JITTER_MS + STEADY_PACE * (arrivalMs - late.sinceMs))
    return { sinceMs: arrivalMs, messages: 1, leastMs: delayMs, mostMs: delayMs };
  return { ...late, messages: late.messages + 1, leastMs, mostMs };
}

function set(state: ClockCorrection, offsetMs: number): ClockCorrection {
  const steps = state.steps + (Math.abs(offsetMs - state.offsetMs) > LATE_MS ? 1 : 0);
  return { offsetMs, steps, late: null };
}

/** The correction in words; null if the clock is right. */
export function clockInWords({ offsetMs }: ClockCorrection): string | null {
  if (offsetMs === 0) return null;
  const s = Math.abs(offsetMs) / 1000;
  const [n, unit] =
    s < 120 ? [s, 's'] : s < 7200 ? [s / 60, 'min'] : s < 172_800 ? [s / 3600, 'h'] : [s / 86_400, 'days'];
  return `its device's clock is ${n.toFixed(0)} ${unit} ${offsetMs < 0 ? 'ahead' : 'behind'}: times are corrected`;
}
