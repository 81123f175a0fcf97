import { useSignal } from '@preact/signals';
import type { ForecastOverride } from '#models/contracts/planDecision.ts';
import { api } from '../api.ts';
import { number, time } from '../format.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { useChange } from '../useChange.ts';
import { useLoaded } from '../useLoaded.ts';

/** What planners know that history does not: overrides of an item's forecast, with their reasons. */
export function ForecastOverrides({ item, site }: { item: string; site: string }) {
  const { problem, asked, change } = useChange();
  const { value, error } = useLoaded(() => api.overrides(), [asked.value, planVersion.value]);
  const own = (value.value ?? []).filter((o) => o.item === item && o.site === site);
  return (
    <>
      <h3>Forecast overrides</h3>
      {(error.value ?? problem.value) && <p role="alert">{error.value ?? problem.value}</p>}
      {value.value !== null && own.length === 0 && <p class="empty">This forecast has no overrides.</p>}
      <ul>
        {own.map((override) => (
          <li key={override.id} data-override>
            {overrideText(override)}{' '}
            {override.withdrawn === null && mayUse('decisions') && (
              <button
                type="button"
                onClick={() => void change(() => api.withdrawOverride(override.id, recordedName()))}
              >
                Withdraw
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayUse('decisions') && (
        <NewOverride add={(wanted) => change(() => api.override({ item, site, by: recordedName(), ...wanted }))} />
      )}
    </>
  );
}

function overrideText({ from, to, factor, quantity, reason, by: who, atMs, withdrawn }: ForecastOverride): string {
  const what = factor === null ? `${number(quantity ?? 0)} per period` : `${number(factor)} times the forecast`;
  const end = withdrawn === null ? '' : `; withdrawn by ${withdrawn.by}, ${time(withdrawn.atMs)}`;
  return `${from} to ${to}: ${what} (${who}, ${time(atMs)}: ${reason})${end}`;
}

function NewOverride({ add }: { add: (wanted: object) => Promise<void> }) {
  const [from, to, value, reason] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')];
  const kind = useSignal<'factor' | 'quantity'>('factor');
  const submit = (event: Event) => {
    event.preventDefault();
    void add({ from: from.value, to: to.value, [kind.value]: Number(value.value), reason: reason.value });
  };
  const day = (label: string, name: string, of: typeof from) => (
    <label>
      {label}{' '}
      <input type="date" name={name} required value={of.value} onInput={(e) => (of.value = e.currentTarget.value)} />
    </label>
  );
  return (
    <form class="take" aria-label="Override the forecast" onSubmit={submit}>
      {day('From', 'from', from)}
      {day('to', 'to', to)}
      <label>
        As{' '}
        <select
          name="kind"
          value={kind.value}
          onChange={(e) => (kind.value = e.currentTarget.value as 'factor' | 'quantity')}
        >
          <option value="factor">times the forecast</option>
          <option value="quantity">units per period</option>
        </select>
      </label>
      <label>
        Value{' '}
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
      <label>
        Reason{' '}
        <input
          name="reason"
          required
          maxLength={1000}
          value={reason.value}
          onInput={(e) => (reason.value = e.currentTarget.value)}
        />
      </label>
      <button type="submit">Override the forecast</button>
    </form>
  );
}
