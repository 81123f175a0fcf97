import type { Diagnosis } from '#models/contracts/alert.ts';
import type { RemainingLife } from '#models/contracts/health.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { type AlertFamily, PROCESS, TREND, valueFamilyName } from './alertFamily.ts';
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
  life: RemainingLife;
  diagnose: (reasons: string[]) => Diagnosis;
};

/** A family whose alerts keep the cause that they are raised with, and that does nothing else with its assessments. */
function plainFamily({ life, diagnose, ...own }: Plain): AlertFamily {
  return {
    ...own,
    findCause: (_, reasons) => {
      const diagnosis = diagnose(reasons);
      return { diagnosis, cause: { diagnosis, isProvisional: false, other: null }, second: null };
    },
    remainingLife: () => life,
  };
}

/** A velocity that will reach its alarm limit. */
export const trendFamily = (asset: string): AlertFamily =>
  plainFamily({
    name: TREND,
    hasIsoEvidence: true,
    life: LIMIT_AHEAD,
    describe: ({ point }, _, [first]) => `${asset} ${point}: ${first}`,
    diagnose: (reasons) => ({ fault: 'undetermined', confidence: 0, reasons }),
  });

/** Process values that are unlike those of the model's training. */
export const processFamily = (asset: string): AlertFamily =>
  plainFamily({
    name: PROCESS,
    hasIsoEvidence: false,
    life: NO_END_OF_LIFE,
    describe: ({ point }, _, [first]) => `${asset} ${point}: ${first}`,
    diagnose: (reasons) => ({ fault: 'process_drift', confidence: 1, reasons }),
  });

/** A slow value that left the range of its baseline. */
export const valueFamily = (asset: string, config: Asset | undefined, point: string): AlertFamily =>
  plainFamily({
    name: valueFamilyName(point),
    hasIsoEvidence: false,
    life: NO_END_OF_LIFE,
    describe: (assessment, diagnosis) => {
      const contributions = assessment.score.assessable ? assessment.score.contributions : [];
      const unit = configuredPoint(config, assessment.point)?.unit ?? '';
      return alertText(asset, assessment.point, unit, diagnosis, contributions);
    },
    diagnose: () => ({ fault: 'process_drift', confidence: 1, reasons: ['it left the range of its baseline'] }),
  });
