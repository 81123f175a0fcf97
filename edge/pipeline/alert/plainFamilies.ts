import type { RemainingLife } from '#models/contracts/health.ts';
import { type ValuesBasis, valuesDiagnosis } from '#models/health/valuesDecision.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { type AlertFamily, type AlertReport, PROCESS, TREND, valueFamilyName } from './alertFamily.ts';
import { alertText } from './alertText.ts';

const LIMIT_AHEAD: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'a trend predicts when a limit is reached, not when life ends',
  remedy: 'see the days left',
};

const NO_END_OF_LIFE: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'a process value has no end of life',
  remedy: 'see its limit',
};

type Plain = Pick<AlertFamily, 'name' | 'hasIsoEvidence' | 'describe'> & {
  kind: ValuesBasis['kind'];
  life: RemainingLife;
  onReported: (report: AlertReport) => void;
};

/** A family whose alerts keep the cause they were raised with. */
function plainFamily({ kind, life, ...own }: Plain): AlertFamily {
  return {
    ...own,
    findCause: (_, reasons) => {
      const diagnosis = valuesDiagnosis(kind, reasons);
      return { diagnosis, cause: { diagnosis, isProvisional: false, other: null }, second: null };
    },
    remainingLife: () => life,
  };
}

/** A velocity that is predicted to reach its alarm limit. */
export const trendFamily = (asset: string, onReported: Plain['onReported']): AlertFamily =>
  plainFamily({
    kind: 'trend',
    onReported,
    name: TREND,
    hasIsoEvidence: true,
    life: LIMIT_AHEAD,
    describe: ({ point }, _, [first]) => `${asset} ${point}: ${first}`,
  });

/** Process values that deviate from the model's training. */
export const processFamily = (asset: string, onReported: Plain['onReported']): AlertFamily =>
  plainFamily({
    kind: 'process',
    onReported,
    name: PROCESS,
    hasIsoEvidence: false,
    life: NO_END_OF_LIFE,
    describe: ({ point }, _, [first]) => `${asset} ${point}: ${first}`,
  });

/** A slow value outside the range of its baseline. */
export const valueFamily = (
  asset: string,
  config: Asset | undefined,
  point: string,
  onReported: Plain['onReported'],
): AlertFamily =>
  plainFamily({
    kind: 'value',
    onReported,
    name: valueFamilyName(point),
    hasIsoEvidence: false,
    life: NO_END_OF_LIFE,
    describe: (assessment, diagnosis) => {
      const contributions = assessment.score.assessable ? assessment.score.contributions : [];
      const unit = configuredPoint(config, assessment.point)?.unit ?? '';
      return alertText(asset, assessment.point, unit, diagnosis, contributions);
    },
  });
