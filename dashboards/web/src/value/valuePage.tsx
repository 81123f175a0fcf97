import { useSignal } from '@preact/signals';
import type { Backtest, Value } from '#models/contracts/value.ts';
import { api } from '../api.ts';
import { number, time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { machines, save } from '../state.ts';
import { Table } from '../table.tsx';
import { useLoaded } from '../useLoaded.ts';
import { Trials } from './trials.tsx';

const DAYS = 365;

/** The value of the alerts, and a backtest of other limits. */
export function ValuePage() {
  const { value, error } = useLoaded(() => api.value(DAYS), []);
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      {value.value === null ? <p role="status">{t('Loading …')}</p> : <Ledger value={value.value} />}
      <p class="tools">
        <button type="button" onClick={() => void save('/api/v1/alarm-report', 'alarm-report.html')}>
          {t('Save last month’s report on the alarm system (HTML)')}
        </button>
      </p>
      <Limits />
    </>
  );
}

function Ledger({ value: { currency, total, months, machines: byMachine, rules, entries } }: { value: Value }) {
  const sum = ({ avoided, late, inspections, amount }: Value['total']) => [
    number(avoided),
    number(late),
    number(inspections),
    number(amount),
  ];
  const heads = [t('Stops avoided'), t('Too late'), t('Unnecessary inspections'), currency];
  return (
    <section aria-labelledby="value-title">
      <h2 id="value-title">
        {t('Value of the alerts over a year: {{amount}} {{currency}}', { amount: number(total.amount), currency })}
      </h2>
      <p class="quiet">
        {t(
          'Each confirmed fault would have caused an unplanned stop. Each false alarm costs an inspection. Alerts without a finding, and failures without an alert, do not count. Costs come from the gateway’s configuration.',
        )}
      </p>
      {entries.length === 0 && <p class="empty">{t('No alert has a finding yet: close alerts with a finding.')}</p>}
      {entries.length > 0 && (
        <>
          <p class="tools">
            <button type="button" onClick={() => void save(`/api/v1/value.csv?days=${DAYS}`, 'value.csv')}>
              {t('Save every entry (CSV)')}
            </button>
          </p>
          <Table label={t('By month')} head={[t('Month'), ...heads]} rows={months.map((m) => [m.month, ...sum(m)])} />
          <Table
            label={t('By machine')}
            head={[t('Machine'), ...heads]}
            rows={byMachine.map((m) => [m.machine, ...sum(m)])}
          />
          <Table label={t('By rule')} head={[t('Rule'), ...heads]} rows={rules.map((r) => [r.rule, ...sum(r)])} />
          <Table
            label={t('Latest entries')}
            head={[t('Found'), t('Machine'), t('Rule'), t('What'), currency]}
            rows={entries.slice(0, 20).map((e) => [time(e.atMs), e.machine, e.rule, WORDS[e.kind], number(e.amount)])}
          />
        </>
      )}
    </section>
  );
}

const WORDS = { avoided: t('stop avoided'), late: t('failed first'), inspection: t('no fault found') };

/** Limits tried on the stored health index. */
function Limits() {
  const asset = useSignal('');
  const trial = useSignal<Backtest | null>(null);
  const problem = useSignal<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      [trial.value, problem.value] = [await api.backtest(DAYS, asset.value), null];
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  const names = [...new Set(machines.value.map((m) => m.health.asset))].sort();
  return (
    <section aria-labelledby="limits-title">
      <h2 id="limits-title">{t('Backtest of alert limits')}</h2>
      <form class="take" onSubmit={(e) => void submit(e)}>
        <label>
          {t('Machine')}{' '}
          <select value={asset.value} onChange={(e) => (asset.value = e.currentTarget.value)}>
            <option value="">{t('all')}</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit">{t('Try other alert limits on the last year')}</button>
      </form>
      {problem.value && <p role="alert">{problem.value}</p>}
      {trial.value && <Trials trial={trial.value} />}
    </section>
  );
}
