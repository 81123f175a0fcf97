import { z } from 'zod';
import { type BearingFactors, bearingFactorsSchema } from './bearing.ts';
import { BEARINGS, findBearing } from './bearingTable.ts';

/** The factors of a bearing, or its designation if its geometry is published; YAML reads `6205` as a number. */
export const configuredBearingSchema = z.preprocess((value, context) => {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const found = findBearing(String(value));
  if (found?.tolerance === 0) return found.factors;
  const known = BEARINGS.map(({ designation }) => designation).join(' | ');
  const message =
    found === null
      ? `{ bpfo, bpfi, bsf, ftf } as multiples of the shaft's rate, or one of ${known}`
      : `${text(found.factors)}, which is ${found.bearing.source} and right within ${100 * found.tolerance} %; better the maker's`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}, bearingFactorsSchema);

const text = (factors: BearingFactors) =>
  `{ ${Object.entries(factors)
    .map(([name, value]) => `${name}: ${value.toFixed(3)}`)
    .join(', ')} }`;
