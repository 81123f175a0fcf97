import { useSignal } from '@preact/signals';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { machines } from '../state.ts';
import { useChange } from '../useChange.ts';
import { useLoaded } from '../useLoaded.ts';

const HOUR_MS = 3_600_000;
const HOURS = [1, 4, 8, 24, 72, 168];

/** Maintenance windows and switched-off machines: their alerts are stored, but nobody is notified. */
export function Suppressions() {
  const { problem, asked, change } = useChange();
  const { value, error } = useLoaded(() => api.suppressions(), [asked.value]);
  return (
    <section aria-labelledby="suppressions-title">
      <h2 id="suppressions-title">{t('Maintenance windows')}</h2>
      {(error.value ?? problem.value) && <p role="alert">{error.value ?? problem.value}</p>}
      {value.value?.length === 0 && <p class="empty">{t('No alerts are suppressed.')}</p>}
      <ul>
        {value.value?.map(({ id, kind, site, machines: named, fromMs, untilMs, by, reason }) => (
          <li key={id}>
            {t('{{kind}} at {{site}}: {{machines}}, {{fromMs}} to {{untilMs}}, {{by}}: {{reason}}', {
              kind: kind === 'maintenance' ? t('Maintenance') : t('Machine off'),
              site,
              machines: named?.join(', ') ?? t('all machines'),
              fromMs: time(fromMs),
              untilMs: time(untilMs),
              by,
              reason,
            })}{' '}
            {mayUse('alerts') && (
              <button type="button" onClick={() => void change(() => api.endSuppression(id, recordedName()))}>
                {t('End now')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayUse('alerts') && <NewSuppression suppress={(request) => void change(() => api.suppress(request))} />}
    </section>
  );
}

function NewSuppression({ suppress }: { suppress: (request: object) => void }) {
  const sites = [...new Set(machines.value.map(({ health }) => health.site))].sort();
  const [site, named, hours, reason] = [useSignal(''), useSignal(''), useSignal('4'), useSignal('')];
  const submit = (event: Event) => {
    event.preventDefault();
    const patterns = named.value.split(/[\s,]+/).filter((name) => name !== '');
    suppress({
      by: recordedName(),
      site: site.value || sites[0],
      ...(patterns.length > 0 && { machines: patterns }),
      untilMs: Date.now() + Number(hours.value) * HOUR_MS,
      reason: reason.value,
    });
  };
  return (
    <form class="take" onSubmit={submit}>
      <label>
        {t('Site')}{' '}
        <select value={site.value || sites[0]} onChange={(e) => (site.value = e.currentTarget.value)}>
          {sites.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        {t('Machines, such as pump-*; none: all')}{' '}
        <input value={named.value} onInput={(e) => (named.value = e.currentTarget.value)} />
      </label>
      <label>
        {t('For')}{' '}
        <select value={hours.value} onChange={(e) => (hours.value = e.currentTarget.value)}>
          {HOURS.map((n) => (
            <option key={n} value={n}>
              {n} h
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('Reason')}{' '}
        <input required maxLength={1000} value={reason.value} onInput={(e) => (reason.value = e.currentTarget.value)} />
      </label>
      <button type="submit">{t('Suppress alerts for maintenance')}</button>
    </form>
  );
}
