import { useSignal } from '@preact/signals';
import type { ForecastOverride } from '#models/contracts/planDecision.ts';
import { api } from '../api.ts';
import { day, number, time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { useChange } from '../useChange.ts';
import { useLoaded } from '../useLoaded.ts';
import { ReasonField } from './decisionFields.tsx';

/** Planners' overrides of an item's forecast, with reasons, for what history does not show. */
export function ForecastOverrides({ item, site }: { item: string; site: string }) {
  const { problem, asked, change } = useChange();
  const { value, error } = useLoaded(() => api.overrides(), [asked.value, planVersion.value]);
  const own = (value.value ?? []).filter((o) => o.item === item && o.site === site);
  return (
    <>
      <h3>{t('Forecast overrides')}</h3>
      {(error.value ?? problem.value) && <p role="alert">{error.value ?? problem.value}</p>}
      {value.value !== null && own.length === 0 && <p class="empty">{t('This forecast has no overrides.')}</p>}
      <ul>
        {own.map((override) => (
          <li key={override.id} data-override>
            {overrideText(override)}{' '}
            {override.withdrawn === null && mayUse('decisions') && (
              <button
                type="button"
                onClick={() => void change(() => api.withdrawOverride(override.id, recordedName()))}
              >
                {t('Withdraw')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayUse('decisions') && (
        <NewOverride add={(fields) => change(() => api.override({ item, site, by: recordedName(), ...fields }))} />
      )}
    </>
  );
}

function overrideText({ from, to, factor, quantity, reason, by: who, atMs, withdrawn }: ForecastOverride): string {
  const what =
    factor === null
      ? t('{{quantity}} per period', { quantity: number(quantity ?? 0) })
      : t('{{factor}} times the forecast', { factor: number(factor) });
  const end =
    withdrawn === null
      ? ''
      : `; ${t('withdrawn by {{by}}, {{atMs}}', { by: withdrawn.by, atMs: time(withdrawn.atMs) })}`;
  return t('{{from}} to {{to}}: {{what}} ({{who}}, {{atMs}}: {{reason}}){{end}}', {
    from: day(from),
    to: day(to),
    what,
    who,
    atMs: time(atMs),
    reason,
    end,
  });
}

function NewOverride({ add }: { add: (fields: object) => Promise<void> }) {
  const [from, to, value, reason] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')];
  const kind = useSignal<'factor' | 'quantity'>('factor');
  const submit = (event: Event) => {
    event.preventDefault();
    void add({ from: from.value, to: to.value, [kind.value]: Number(value.value), reason: reason.value });
  };
  const dateField = (label: string, name: string, of: typeof from) => (
    <label>
      {label}{' '}
      <input type="date" name={name} required value={of.value} onInput={(e) => (of.value = e.currentTarget.value)} />
    </label>
  );
  return (
    <form class="take" aria-label={t('Override the forecast')} onSubmit={submit}>
      {dateField(t('From'), 'from', from)}
      {dateField(t('to'), 'to', to)}
      <label>
        {t('As')}{' '}
        <select
          name="kind"
          value={kind.value}
          onChange={(e) => (kind.value = e.currentTarget.value as 'factor' | 'quantity')}
        >
          <option value="factor">{t('times the forecast')}</option>
          <option value="quantity">{t('units per period')}</option>
        </select>
      </label>
      <label>
        {t('Value', { context: 'number' })}{' '}
        <input
          type="number"
          name="value"
          required
          min={0}
          step="any"
          value={value.value}
          onInput={(e) => (value.value = e.currentTarget.value)}
        />
      </label>
      <ReasonField reason={reason} required />
      <button type="submit">{t('Override the forecast')}</button>
    </form>
  );
}
