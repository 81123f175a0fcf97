import type { AssetAlertSettings } from '#models/alerting/assetAlert.ts';
import type { ValuesDecision } from '#models/contracts/decision.ts';
import { toExactJson } from '#models/exactJson.ts';
import type { AlertReport } from './alertFamily.ts';

/** A message is limited to 4 MB. A larger network is not sent: its alerts have no evidence that can be replayed. */
const MAX_BASIS_BYTES = 3 * 1024 * 1024;

/**
 * Creates the record of everything that a verdict on values was based on: when an alert is raised, and when it becomes
 * critical. Null for other changes, and if the record would be too large for a message.
 */
export function createValuesDecision(
  { alert: { severity }, change, assessment, index, found, step }: AlertReport,
  {
    version,
    configuration,
    settings,
  }: Pick<ValuesDecision, 'version' | 'configuration'> & {
    settings: AssetAlertSettings;
  },
): ValuesDecision | null {
  const { values, score, on } = assessment;
  const isWorse = change === 'raise' || (step.before.active && step.before.severity !== severity);
  if (!isWorse || !values || found === null || !score.assessable) return null;
  const basis = toExactJson(values.basis) as ValuesDecision['basis'];
  if (JSON.stringify(basis).length > MAX_BASIS_BYTES) return null;
  const { diagnosis } = found;
  const verdict = { index, contributions: score.contributions, on, change, severity, diagnosis };
  return { version, configuration, basis, trigger: values.trigger, alert: { settings, ...step }, verdict };
}
