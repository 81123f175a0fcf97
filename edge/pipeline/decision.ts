import type { Decision } from '#models/contracts/decision.ts';
import type { GatheredSignal } from '#models/health/diagnosis/diagnoseAlert.ts';
import { packed } from './evidence.ts';
import type { DecisionBasis } from './watched.ts';

/**
 * All that a verdict was made of, beside the signal.
 * @param diagnosed the signal of its diagnosis; null: it was made by the features alone.
 */
export function decisionOf(
  { features, baseline, trigger }: DecisionBasis,
  diagnosed: GatheredSignal | null,
  of: Pick<Decision, 'version' | 'configuration' | 'alert' | 'verdict'>,
): Decision {
  const { axial = [], ...context } = diagnosed?.context ?? {};
  return {
    ...of,
    features: { names: [...features.names], row: [...features.row] },
    baseline: {
      ...baseline,
      indexed: [...baseline.indexed],
      evidence: [...baseline.evidence],
      snapshot: [...baseline.snapshot],
    },
    trigger,
    context: diagnosed === null ? null : context,
    axial: axial.map(packed),
  };
}
