const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
/** Time without success after which a person must decide. */
export const GIVE_UP_MS = 72 * 3_600_000;

/** Back-off after a number of failed attempts: doubling, up to a minute. Pure. */
export const retryDelayMs = (attempts: number): number => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
