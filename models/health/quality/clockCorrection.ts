/** What is added to the stamps of a device whose clock is wrong, and what may become it. */
export interface ClockCorrection {
  /** 0: the clock is taken to be right. */
  offsetMs: number;
  /** Times that it was set by a minute and more. */
  steps: number;
  /** Messages in a row that came late by the correction that stands. */
  late: { stampMs: number; arrivalMs: number; messages: number; leastMs: number } | null;
}

export const CLOCK_RIGHT: ClockCorrection = { offsetMs: 0, steps: 0, late: null };

/** A clock this near the edge's own is right. */
const NEAR_MS = 10_000;
/** What comes later than this may have waited in the network, or its clock was set back. */
const LATE_MS = 60_000;
/** A clock that runs on behind is told from a backlog, or a recording that is played: those run at another pace. */
const PACE = [0.8, 1.25] as const;
const AGREEING = 5;
const AGREEING_MS = 10_000;
/** No device of a plant has kept data since then: it began anew in 1970 or 1980. */
const FIRST_MS = Date.UTC(2000, 0, 1);

/**
 * The correction after one more message. What would come from the future is corrected at once, for nothing is measured
 * before it happens; what comes from the past once a few messages in a row are behind by the same. Pure.
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
  const { late } = state;
  if (late === null) return { ...state, late: { stampMs, arrivalMs, messages: 1, leastMs: delayMs } };
  const next = { ...late, messages: late.messages + 1, leastMs: Math.min(late.leastMs, delayMs) };
  if (next.messages < AGREEING || arrivalMs - late.arrivalMs < AGREEING_MS) return { ...state, late: next };
  const pace = (stampMs - late.stampMs) / (arrivalMs - late.arrivalMs);
  if (pace > PACE[0] && pace < PACE[1]) return set(state, next.leastMs);
  return { ...state, late: null };
}

function set(state: ClockCorrection, offsetMs: number): ClockCorrection {
  const steps = state.steps + (Math.abs(offsetMs - state.offsetMs) > LATE_MS ? 1 : 0);
  return { offsetMs, steps, late: null };
}

/** In words; null where the clock is right. */
export function clockInWords({ offsetMs }: ClockCorrection): string | null {
  if (offsetMs === 0) return null;
  const s = Math.abs(offsetMs) / 1000;
  const [n, unit] =
    s < 120 ? [s, 's'] : s < 7200 ? [s / 60, 'min'] : s < 172_800 ? [s / 3600, 'h'] : [s / 86_400, 'days'];
  return `its device's clock is ${n.toFixed(0)} ${unit} ${offsetMs < 0 ? 'ahead' : 'behind'}: times are corrected`;
}
