import { useSignal } from '@preact/signals';
import type { PlanFigures, PlanScenario, ScenarioComparison } from '#models/contracts/planScenario.ts';
import { api } from '../api.ts';
import { money, number, percent, time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { Table } from '../table.tsx';
import { useChange } from '../useChange.ts';
import { useLoaded } from '../useLoaded.ts';

/** Saved what-if plans beside the latest plan, and a form for another one. */
export function Scenarios() {
  const { problem, asked, change } = useChange();
  const { value, error } = useLoaded(() => api.scenarios(), [planVersion.value, asked.value]);
  const shown = value.value;
  if (error.value) return <p role="alert">{error.value}</p>;
  if (shown === null || shown.current === null) return null;
  return (
    <details>
      <summary>{t('Scenarios ({{count}})', { count: shown.scenarios.length })}</summary>
      {shown.scenarios.length > 0 && <Comparison {...shown} />}
      {problem.value && <p role="alert">{problem.value}</p>}
      {mayUse('planning') && (
        <>
          <ul>
            {shown.scenarios.map((scenario) => (
              <li key={scenario.id} data-scenario={scenario.name}>
                {t('{{name}}: {{changes}}, planned {{at}} by {{who}}', {
                  name: scenario.name,
                  changes: changesOf(scenario),
                  at: time(scenario.atMs),
                  who: scenario.by,
                })}{' '}
                <button type="button" onClick={() => void change(() => api.runScenario(scenario.id))}>
                  {t('Plan again')}
                </button>{' '}
                <button
                  type="button"
                  onClick={() => void change(() => api.removeScenario(scenario.id, recordedName()))}
                >
                  {t('Remove')}
                </button>
              </li>
            ))}
          </ul>
          <NewScenario save={(name, what) => change(() => api.addScenario(name, recordedName(), what))} />
        </>
      )}
    </details>
  );
}

function Comparison({ current, scenarios }: ScenarioComparison) {
  if (current === null) return null;
  const { currency } = current;
  const plans = [current.figures, ...scenarios.map((s) => s.figures)];
  const row = (name: string, of: (figures: PlanFigures) => string) => [name, ...plans.map(of)];
  return (
    <Table
      label={t('Scenarios side by side')}
      head={['', t('Latest plan'), ...scenarios.map((s) => s.name)]}
      rows={[
        row(t('Orders due now'), (f) => number(f.toOrder)),
        row(t('Cost of these orders'), (f) => money(f.orderCost, currency)),
        row(t('Cost of deferred orders'), (f) => money(f.deferredCost, currency)),
        row(t('Items at risk of running out'), (f) => number(f.atRisk)),
        row(t('Cost of waiting for the next review'), (f) => money(f.costOfWaiting, currency)),
        row(t('Value of the safety stock'), (f) => money(f.safetyStockValue, currency)),
        row(t('Expected fill rate'), (f) => (f.expectedFill === null ? '–' : percent(f.expectedFill))),
      ]}
    />
  );
}

const FIELD_NAMES = {
  serviceLevel: t('Service level'),
  leadTimeFactor: t('Lead times, times'),
  demandFactor: t('Demand, times'),
  reviewDays: t('Days between reviews'),
  budget: t('Budget'),
};
type Field = keyof typeof FIELD_NAMES;
const FIELDS = Object.keys(FIELD_NAMES) as Field[];
const nameOf = (field: string): string => (FIELD_NAMES as Record<string, string>)[field] ?? field;

const changesOf = ({ change }: PlanScenario): string =>
  Object.entries(change)
    .map(([name, value]) => `${nameOf(name)} ${typeof value === 'number' ? number(value) : value}`)
    .join(', ') || t('no changes');

function NewScenario({ save }: { save: (name: string, change: object) => Promise<void> }) {
  const name = useSignal('');
  const values = useSignal<Partial<Record<Field, string>>>({});
  const isBusy = useSignal(false);
  const submit = async () => {
    isBusy.value = true;
    const given = FIELDS.flatMap((field) => {
      const text = values.value[field]?.trim() ?? '';
      return text === '' ? [] : [[field, Number(text)] as const];
    });
    await save(name.value.trim(), Object.fromEntries(given));
    isBusy.value = false;
  };
  return (
    <form
      class="take"
      aria-label={t('New scenario')}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label>
        {t('Name')}{' '}
        <input
          name="name"
          required
          maxLength={100}
          value={name.value}
          onInput={(e) => (name.value = e.currentTarget.value)}
        />
      </label>
      {FIELDS.map((field) => (
        <label key={field}>
          {nameOf(field)}{' '}
          <input
            type="number"
            name={field}
            step="any"
            min={0}
            value={values.value[field] ?? ''}
            onInput={(e) => (values.value = { ...values.value, [field]: e.currentTarget.value })}
          />
        </label>
      ))}
      <button type="submit" disabled={isBusy.value}>
        {isBusy.value ? t('Planning …') : t('Plan and save')}
      </button>
    </form>
  );
}
