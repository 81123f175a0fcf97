/** A recorded chance, and its outcome. */
export interface Resolved {
  /** Before any recalibration, between 0 and 1. */
  chance: number;
  came: boolean;
  /** Weight: chances of overlapping intervals count in part. */
  weight: number;
}

/** logit(calibrated) = a + b·logit(stated). */
export interface Recalibration {
  a: number;
  b: number;
  /** Outcomes behind it, by weight. */
  outcomes: number;
}

export const NO_RECALIBRATION: Recalibration = { a: 0, b: 1, outcomes: 0 };

/** Prior precision of a and b: how strongly chances are taken to be calibrated. */
const PRIOR_A = 20;
const PRIOR_B = 40;
const STEPS = 25;
const NEAREST = 1e-4;
const ENOUGH = 1e-6;

const logit = (p: number) => {
  const inside = Math.min(1 - NEAREST, Math.max(NEAREST, p));
  return Math.log(inside / (1 - inside));
};
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/**
 * Calibration of chances by their outcomes: logistic regression on their logits, shrunk to a = 0 and b = 1, by Newton's
 * method. Source: Platt (1999); Cox, "Two further applications of a model for binary regression", Biometrika 45 (1958).
 */
export function recalibrationOf(resolved: readonly Resolved[]): Recalibration {
  let [a, b] = [0, 1];
  for (let step = 0; step < STEPS; step++) {
    let [ga, gb, haa, hab, hbb] = [PRIOR_A * a, PRIOR_B * (b - 1), PRIOR_A, 0, PRIOR_B];
    for (const { chance, came, weight } of resolved) {
      const x = logit(chance);
      const p = logistic(a + b * x);
      const w = weight * p * (1 - p);
      ga += weight * (p - (came ? 1 : 0));
      gb += weight * (p - (came ? 1 : 0)) * x;
      haa += w;
      hab += w * x;
      hbb += w * x * x;
    }
    const determinant = haa * hbb - hab * hab;
    const da = (hbb * ga - hab * gb) / determinant;
    const db = (haa * gb - hab * ga) / determinant;
    // Steps are limited: the curve is flat far from the optimum.
    a -= Math.max(-1, Math.min(1, da));
    b -= Math.max(-0.5, Math.min(0.5, db));
    if (Math.abs(da) + Math.abs(db) < ENOUGH) break;
  }
  return { a, b: Math.max(0.1, b), outcomes: resolved.reduce((sum, r) => sum + r.weight, 0) };
}

/**
 * A recalibrated chance, logistic(a + b·logit(chance)). Unchanged if it is 0, or if no outcome is known.
 * @param chance between 0 and 1, before any recalibration.
 */
export function recalibrated(chance: number, { a, b, outcomes }: Recalibration): number {
  return outcomes === 0 || chance <= 0 ? chance : logistic(a + b * logit(chance));
}
