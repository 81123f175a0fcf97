import { sinceFirstDemand } from './sinceFirstDemand.ts';

export type DemandClass = 'smooth' | 'erratic' | 'intermittent' | 'lumpy' | 'none';

const ADI_LIMIT = 1.32;
const CV2_LIMIT = 0.49;

/**
 * The class of a demand history by the mean interval between demands (ADI) and the squared coefficient of variation of
 * their sizes, from the first demand on. Source: Syntetos, Boylan & Croston, "On the categorization of demand patterns", JORS 56 (2005).
 */
export function demandClass(given: readonly number[] | Float64Array): DemandClass {
  const history = sinceFirstDemand(given);
  const sizes = Array.from(history).filter((v) => v > 0);
  if (sizes.length === 0) return 'none';
  const interval = history.length / sizes.length;
  const mean = sizes.reduce((a, b) => a + b, 0) / sizes.length;
  const variance = sizes.reduce((sum, v) => sum + (v - mean) ** 2, 0) / sizes.length;
  const variable = variance / mean ** 2 >= CV2_LIMIT;
  if (interval < ADI_LIMIT) return variable ? 'erratic' : 'smooth';
  return variable ? 'lumpy' : 'intermittent';
}
