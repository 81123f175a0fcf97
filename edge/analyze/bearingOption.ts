import { z } from 'zod';
import { type BearingFactors, bearingFactorsSchema, factorsOf } from '#models/machine/bearing.ts';
import { DERIVED } from '#models/machine/bearingSeries.ts';
import { BEARINGS, findBearing } from '#models/machine/bearingTable.ts';

/** What is known of a bearing: nothing, its orders, or a designation that gives them more or less exactly. */
export interface BearingOrders {
  factors?: BearingFactors;
  factorsTolerance?: number;
  /** Where derived orders come from, for the report. */
  notes: string[];
}

const geometrySchema = z
  .strictObject({
    balls: z.int().min(3).max(200),
    ball: z.number().positive(),
    pitch: z.number().positive(),
    angle: z.number().min(0).max(60).default(0),
  })
  .refine(({ ball, pitch }) => ball < pitch / 2, { message: 'ball is below half of pitch' });

/** @throws RangeError with the option and the values it accepts. */
export function bearingOrders(factors: string | undefined, bearing: string | undefined): BearingOrders {
  if (factors !== undefined) return { factors: parsedFactors(factors), notes: [] };
  if (bearing === undefined) return { notes: [] };
  if (bearing.includes('=')) return { factors: geometryFactors(bearing), notes: [] };
  const found = findBearing(bearing);
  if (found) {
    const { designation, source, rollingElements } = found.bearing;
    if (found.tolerance === 0) return { factors: found.factors, notes: [] };
    const percent = (100 * found.tolerance).toFixed(0);
    const note = `bearing ${designation}: ${rollingElements} rolling elements, ${source}; orders within ${percent} % if that number is right`;
    return { factors: found.factors, factorsTolerance: found.tolerance, notes: [note] };
  }
  const known = BEARINGS.map((b) => b.designation).join(' | ');
  throw new RangeError(
    `--bearing: found ${bearing}; known: ${known}, and ${DERIVED.size} deep groove ball bearings such as 6308; or give balls=9,ball=7.94,pitch=39.04 in mm, or --factors`,
  );
}

function assignments(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [key, value] = pair.split('=');
      return [key.trim(), Number(value)];
    }),
  );
}

function parsedFactors(text: string): BearingFactors {
  const parsed = bearingFactorsSchema.safeParse(assignments(text));
  if (parsed.success) return parsed.data;
  throw new RangeError(`--factors: found ${text}; allowed: bpfo=…,bpfi=…,bsf=…,ftf=…, each above 0`);
}

function geometryFactors(text: string): BearingFactors {
  const parsed = geometrySchema.safeParse(assignments(text));
  if (!parsed.success)
    throw new RangeError(`--bearing: found ${text}; allowed: balls=…,ball=…,pitch=…,angle=…, in mm and degrees`);
  const { balls, ball, pitch, angle } = parsed.data;
  return factorsOf({ rollingElements: balls, elementDiameterMm: ball, pitchDiameterMm: pitch, contactAngleDeg: angle });
}
