import type { Backtest } from '#models/contracts/value.ts';
import { number } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { Table } from '../table.tsx';

/** The effect of other alert limits, one line per limit and time above it. */
export function Trials({
  trial: { currency, machines: count, failures, findings, trials, best, bestPersistMinutes },
}: {
  trial: Backtest;
}) {
  return (
    <>
      <p>
        {t(
          '{{count}} machines, {{failures}} recorded failures. Actual alerts with a finding: {{confirmed}} confirmed, {{falseAlarms}} false, {{nothingFound}} with nothing found.',
          {
            count,
            failures,
            confirmed: findings.confirmed,
            falseAlarms: findings.false_alarm,
            nothingFound: findings.nothing_found,
          },
        )}
      </p>
      <Table
        label={t('Limits')}
        head={[
          t('× present limit'),
          t('Hours above it'),
          t('Alerts'),
          t('False'),
          t('Foretold'),
          t('Missed'),
          t('Hours before'),
          t('Cost ({{currency}})', { currency }),
          t('Remark'),
        ]}
        rows={trials.map((trial) => [
          number(trial.limit),
          number(trial.persistMinutes / 60),
          number(trial.raised),
          number(trial.falseAlerts),
          number(trial.foretold),
          number(trial.missed),
          trial.leadTimeH === null ? '–' : number(trial.leadTimeH),
          number(trial.cost),
          trial.limit === best && trial.persistMinutes === bestPersistMinutes ? t('least cost') : '',
        ])}
      />
    </>
  );
}
