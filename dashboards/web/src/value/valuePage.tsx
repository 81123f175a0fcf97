import { useSignal } from '@preact/signals';
import type { Backtest, Value } from '#models/contracts/value.ts';
import { api } from '../api.ts';
import { number, time } from '../format.ts';
import { machines, save } from '../state.ts';
import { Table } from '../table.tsx';
import { useLoaded } from '../useLoaded.ts';

const DAYS = 365;

/** The value of the alerts, and a backtest of other limits. */
export function ValuePage() {
  const { value, error } = useLoaded(() => api.value(DAYS), []);
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      {value.value === null ? <p role="status">Loading …</p> : <Ledger value={value.value} />}
      <p class="tools">
        <button type="button" onClick={() => void save('/api/v1/alarm-report', 'alarm-report.html')}>
          Save last month’s report on the alarm system (HTML)
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
  const heads = ['Stops avoided', 'Too late', 'Unnecessary inspections', currency];
  return (
    <section aria-labelledby="value-title">
      <h2 id="value-title">
        Value of the alerts over a year: {number(total.amount)} {currency}
      </h2>
      <p class="quiet">
        Each confirmed fault would have caused an unplanned stop. Each false alarm costs an inspection. Alerts without a
        finding, and failures without an alert, do not count. Costs come from the gateway’s configuration.
      </p>
      {entries.length === 0 && <p class="empty">No alert has a finding yet: close alerts with a finding.</p>}
      {entries.length > 0 && (
        <>
          <p class="tools">
            <button type="button" onClick={() => void save(`/api/v1/value.csv?days=${DAYS}`, 'value.csv')}>
              Save every entry (CSV)
            </button>
          </p>
          <Table label="By month" head={['Month', ...heads]} rows={months.map((m) => [m.month, ...sum(m)])} />
          <Table label="By machine" head={['Machine', ...heads]} rows={byMachine.map((m) => [m.machine, ...sum(m)])} />
          <Table label="By rule" head={['Rule', ...heads]} rows={rules.map((r) => [r.rule, ...sum(r)])} />
          <Table
            label="Latest entries"
            head={['Found', 'Machine', 'Rule', 'What', currency]}
            rows={entries.slice(0, 20).map((e) => [time(e.atMs), e.machine, e.rule, WORDS[e.kind], number(e.amount)])}
          />
        </>
      )}
    </section>
  );
}

const WORDS = { avoided: 'stop avoided', late: 'failed first', inspection: 'no fault found' };

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
      <h2 id="limits-title">Backtest of alert limits</h2>
      <form class="take" onSubmit={(e) => void submit(e)}>
        <label>
          Machine{' '}
          <select value={asset.value} onChange={(e) => (asset.value = e.currentTarget.value)}>
            <option value="">all</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit">Try other alert limits on the last year</button>
      </form>
      {problem.value && <p role="alert">{problem.value}</p>}
      {trial.value && <Trials trial={trial.value} />}
    </section>
  );
}

function Trials({ trial: { currency, machines: count, failures, findings, trials, best } }: { trial: Backtest }) {
  return (
    <>
      <p>
        {count} machines, {failures} recorded failures. Actual alerts with a finding: {findings.confirmed} confirmed,{' '}
        {findings.false_alarm} false, {findings.nothing_found} with nothing found.
      </p>
      <Table
        label="Limits"
        head={['× present limit', 'Alerts', 'False', 'Foretold', 'Missed', 'Hours before', `Cost (${currency})`, '']}
        rows={trials.map((t) => [
          number(t.limit),
          number(t.raised),
          number(t.falseAlerts),
          number(t.foretold),
          number(t.missed),
          t.leadTimeH === null ? '–' : number(t.leadTimeH),
          number(t.cost),
          t.limit === best ? 'least cost' : '',
        ])}
      />
    </>
  );
}
