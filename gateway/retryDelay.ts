const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
/** After so long without success a person has to decide. */
export const GIVE_UP_MS = 72 * 3_600_000;

/** How long to wait after so many attempts that failed: doubling, up to a minute. Pure. */
export const retryDelayMs = (attempts: number): number => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
