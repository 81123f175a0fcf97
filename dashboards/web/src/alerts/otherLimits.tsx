import { useSignal } from '@preact/signals';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Backtest } from '#models/contracts/value.ts';
import { api } from '../api.ts';
import { number } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { Trials } from '../value/trials.tsx';

const DAYS = 365;

/** Why an alert was raised, and which other limits would have raised it, from its machine's stored history. */
export function OtherLimits({ alert }: { alert: AlertRecord }) {
  const trial = useSignal<Backtest | null>(null);
  const problem = useSignal<string | null>(null);
  const isRunning = useSignal(false);
  const run = async () => {
    isRunning.value = true;
    try {
      [trial.value, problem.value] = [await api.backtest(DAYS, alert.asset, alert.site), null];
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
    isRunning.value = false;
  };
  return (
    <div>
      <p>
        {alert.index >= 1
          ? t(
              'It was raised because the index of {{point}} stayed above 1, the alert limit; it now stands at {{index}}. A limit of {{index}} times the present one or more would not have been reached by this value.',
              {
                point: alert.point,
                index: number(alert.index),
              },
            )
          : t(
              'The index of {{point}} is {{index}}, below 1, the alert limit: the alert has another cause, which its title names, or it is about to return.',
              {
                point: alert.point,
                index: number(alert.index),
              },
            )}
      </p>
      <p>
        <button type="button" disabled={isRunning.value} onClick={() => void run()}>
          {t('Would it have been raised? Try other limits on this machine')}
        </button>{' '}
        <span role="status">{isRunning.value ? t('Loading …') : ''}</span>
      </p>
      {problem.value && <p role="alert">{problem.value}</p>}
      {trial.value && <Trials trial={trial.value} />}
    </div>
  );
}
