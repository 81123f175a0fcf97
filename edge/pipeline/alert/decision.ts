import type { Decision } from '#models/contracts/decision.ts';
import type { DiagnosisSignal } from '#models/health/diagnosis/diagnoseAlert.ts';
import type { DecisionBasis } from '../assessment/pointAssessment.ts';
import { encodePiece } from './evidence.ts';

/**
 * Creates the record of everything that a verdict was based on, besides the signal.
 * @param diagnosed the signal of its diagnosis; null if it was made from the features alone.
 */
export function createDecision(
  { features, baseline, trigger }: DecisionBasis,
  diagnosed: DiagnosisSignal | null,
  outcome: Pick<Decision, 'version' | 'configuration' | 'alert' | 'verdict'>,
): Decision {
  const { axial = [], ...context } = diagnosed?.context ?? {};
  return {
    ...outcome,
    features: { names: [...features.names], row: [...features.row] },
    baseline: {
      ...baseline,
      indexed: [...baseline.indexed],
      evidence: [...baseline.evidence],
      snapshot: [...baseline.snapshot],
    },
    trigger,
    context: diagnosed === null ? null : context,
    axial: axial.map(encodePiece),
  };
}
