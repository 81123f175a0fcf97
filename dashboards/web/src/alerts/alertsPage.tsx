import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { api } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse } from '../session/session.ts';
import { changedAlert } from '../state.ts';
import { type AlertSearch, alertAddressOf, alertSearchIn } from './alertSearch.ts';
import { BulkActions } from './bulkActions.tsx';
import { Notifications } from './notifications.tsx';
import { SelectableAlerts } from './selectableAlerts.tsx';
import { Suppressions } from './suppressions.tsx';

const PAGE = 50;

/** All alerts, including closed ones, filtered and paged; suppressions and notifications below. */
export function AlertsPage() {
  const filter = useSignal(alertSearchIn(location.hash));
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const shown = useSignal<AlertRecord[]>([]);
  const problem = useSignal<string | null>(null);
  const hasMore = useSignal(false);
  const load = async (after?: string) => {
    try {
      const page = await api.alertPage({ ...filter.value, limit: PAGE, after });
      shown.value = after === undefined ? page : [...shown.value, ...page];
      [hasMore.value, problem.value] = [page.length === PAGE, null];
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  useEffect(() => {
    history.replaceState(null, '', alertAddressOf(filter.value));
    selected.value = new Set();
    void load();
  }, [filter.value]);
  // The order of the list stays fixed while the user reads it, but each alert shows its current state.
  useSignalEffect(() => {
    const changed = changedAlert.value;
    if (changed !== null) shown.value = shown.peek().map((alert) => (alert.id === changed.id ? changed : alert));
  });
  const set = (change: Partial<typeof filter.value>) => (filter.value = { ...filter.value, ...change });
  return (
    <>
      <section aria-labelledby="all-alerts-title">
        <h2 id="all-alerts-title">{t('All alerts')}</h2>
        <p class="controls">
          <label>
            {t('State')}{' '}
            <select
              value={filter.value.state}
              onChange={(e) => set({ state: e.currentTarget.value as AlertSearch['state'] })}
            >
              <option value="active">{t('open')}</option>
              <option value="all">{t('all, including closed')}</option>
            </select>
          </label>
          <label>
            {t('Severity')}{' '}
            <select
              value={filter.value.severity}
              onChange={(e) => set({ severity: e.currentTarget.value as AlertSearch['severity'] })}
            >
              <option value="">{t('all')}</option>
              <option value="critical">{t('critical')}</option>
              <option value="warning">{t('warning')}</option>
            </select>
          </label>
          <label>
            {t('Site')}{' '}
            <input value={filter.value.site} onChange={(e) => set({ site: e.currentTarget.value.trim() })} />
          </label>
          <label>
            {t('Machine')}{' '}
            <input value={filter.value.asset} onChange={(e) => set({ asset: e.currentTarget.value.trim() })} />
          </label>
        </p>
        {problem.value && <p role="alert">{problem.value}</p>}
        {shown.value.length === 0 && problem.value === null && <p class="empty">{t('No matching alerts.')}</p>}
        {mayUse('alerts') && shown.value.length > 0 && <BulkActions selected={selected} shown={shown.value} />}
        <SelectableAlerts alerts={shown.value} selected={selected} />
        {hasMore.value && (
          <p class="tools">
            <button type="button" onClick={() => void load(shown.value.at(-1)?.id)}>
              {t('Older alerts')}
            </button>
          </p>
        )}
      </section>
      <Suppressions />
      {mayUse('notifications') && <Notifications />}
    </>
  );
}
