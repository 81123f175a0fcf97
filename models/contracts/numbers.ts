import { z } from 'zod';

const FIRST_MS = Date.UTC(2000, 0, 1);
export const LAST_MS = Date.UTC(2100, 0, 1);

/** Milliseconds since 1970 UTC, from the year 2000 to 2100: other times cannot be shown or ordered. */
export const timeMsSchema = z.number().min(FIRST_MS).max(LAST_MS);

/** Microseconds since 1970 UTC, from the year 2000 to 2100. */
export const timeUsSchema = z
  .number()
  .min(FIRST_MS * 1000)
  .max(LAST_MS * 1000);

/** Largest magnitude of a measured or derived value: anything beyond is a fault of a sensor or a sender. */
const LARGEST = 1e15;

/** A measured or derived value. */
export const quantitySchema = z.number().min(-LARGEST).max(LARGEST);

/** A duration or a count, from 0. */
export const amountSchema = z.number().min(0).max(LARGEST);
