import type { RemainingLife } from '#models/contracts/health.ts';

const MIN_POINTS = 12;
/** Student's t for a significant slope, and for the 90 % interval, at the few degrees of freedom here. */
const T_SIGNIFICANT = 3;
const T_90 = 1.8;

const none = (reason: string, remedy: string): RemainingLife => ({ assessment: 'not_assessable', reason, remedy });

/**
 * Time until an exponential trend of the health index reaches a level, such as the alert limit (1): least squares of
 * ln(index) on time, with the number of independent points reduced to n(1−ρ)/(1+ρ) for the residuals' lag-1
 * autocorrelation.
 * Source of the degradation model: Gebraeel et al., "Residual-life distributions…", IIE Transactions 37 (2005).
 * @param timesS seconds, rising. @param indices positive. @param level positive. @param meaning of the level, in words.
 */
export function trendLife(
  timesS: readonly number[],
  indices: readonly number[],
  level: number,
  meaning: string,
): RemainingLife {
  const n = timesS.length;
  if (n < MIN_POINTS) return none('too short a history of degradation', `${MIN_POINTS - n} more observations`);
  const y = indices.map((v) => Math.log(v));
  const meanT = timesS.reduce((a, b) => a + b, 0) / n;
  const meanY = y.reduce((a, b) => a + b, 0) / n;
  let tt = 0;
  let ty = 0;
  for (let i = 0; i < n; i++) {
    tt += (timesS[i] - meanT) ** 2;
    ty += (timesS[i] - meanT) * (y[i] - meanY);
  }
  if (tt === 0) return none('all observations at one time', 'wait for later ones');
  const slope = ty / tt;
  const residuals = y.map((v, i) => v - meanY - slope * (timesS[i] - meanT));
  const { variance, independent } = scatter(residuals);
  const spread = (tt * independent) / n;
  if (!(slope > T_SIGNIFICANT * Math.sqrt(variance / spread))) {
    return none('no significant trend', 'wait: it is assessed again at each update');
  }
  // Times at which the line and its 90 % band cross the limit (Fieller): (Y + b·u − L)² = t²·s²·(1/n + u²/S), u from the mean time.
  const distance = Math.log(level) - meanY;
  const q = T_90 ** 2 * variance;
  const a = slope ** 2 - q / spread;
  const root = Math.sqrt(Math.max(0, (slope * distance) ** 2 - a * (distance ** 2 - q / independent)));
  const fromNow = (u: number) => Math.max(0, u - (timesS[n - 1] - meanT));
  return {
    assessment: 'assessed',
    medianS: fromNow(distance / slope),
    lowS: fromNow((slope * distance - root) / a),
    highS: fromNow((slope * distance + root) / a),
    toIndex: level,
    method: `exponential trend of the health index to ${meaning}`,
  };
}

/** Variance of the residuals, and their effective independent number. */
function scatter(residuals: readonly number[]): { variance: number; independent: number } {
  const n = residuals.length;
  let power = 0;
  let lagged = 0;
  for (let i = 0; i < n; i++) {
    power += residuals[i] ** 2;
    if (i > 0) lagged += residuals[i] * residuals[i - 1];
  }
  const rho = power > 0 ? Math.min(0.95, Math.max(0, lagged / power)) : 0;
  const independent = Math.max(3, (n * (1 - rho)) / (1 + rho));
  return { variance: (power / n) * (independent / (independent - 2)), independent };
}
