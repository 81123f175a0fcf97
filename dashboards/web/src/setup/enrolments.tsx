import { useSignal } from '@preact/signals';
import type { Enrolment } from '#models/contracts/enrolment.ts';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { type Run, useChanging } from '../useChanging.ts';
import { enrolCommand } from './commands.ts';

/** One-time codes for edges: created with the command to run, listed, revoked. */
export function Enrolments() {
  const command = useSignal<string | null>(null);
  const { value, error, outcome, run } = useChanging(() => api.enrolments());
  const revoke = ({ site, edge }: Enrolment) =>
    run(async () => {
      await api.revokeEnrolment(site, edge);
      return t('The account of {{edge}} is revoked.', { edge: `${site}/${edge}` });
    });
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      {outcome.value && <p role="status">{outcome.value}</p>}
      {command.value && (
        <pre>
          <code data-command>{command.value}</code>
        </pre>
      )}
      <NewCode run={run} created={(text) => (command.value = text)} />
      {(value.value ?? []).length > 0 && (
        <ScrollTable label={t('Enrolled edges')} head={[t('Site'), t('Edge'), t('State'), t('Receives'), t('Change')]}>
          {(value.value ?? []).map((own) => (
            <tr key={`${own.site}/${own.edge}`} data-enrolment={`${own.site}/${own.edge}`}>
              <td>{own.site}</td>
              <th scope="row">{own.edge}</th>
              <td>{stateOf(own)}</td>
              <td>{own.receives.join(', ') || '–'}</td>
              <td>
                <button type="button" onClick={() => void revoke(own)}>
                  {t('Revoke')}
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </>
  );
}

function stateOf({ enrolledMs, codeExpiresMs }: Enrolment): string {
  const enrolled = enrolledMs === null ? t('not enrolled yet') : t('enrolled {{time}}', { time: time(enrolledMs) });
  return codeExpiresMs === null ? enrolled : `${enrolled}; ${t('code until {{time}}', { time: time(codeExpiresMs) })}`;
}

function NewCode({ run, created }: { run: Run; created: (command: string) => void }) {
  const [site, edge, topics] = [useSignal(''), useSignal(''), useSignal('')];
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const receives = topics.value.split(/[\s,]+/).filter((topic) => topic !== '');
      const { code, expiresMs } = await api.addEnrolment(site.value.trim(), edge.value.trim(), receives);
      created(enrolCommand(location.origin, code));
      return t('Run this on the edge’s computer. The code is valid once, until {{time}}, and shown only now.', {
        time: time(expiresMs),
      });
    });
  };
  return (
    <form class="take" onSubmit={submit}>
      <label>
        {t('Site')}{' '}
        <input required maxLength={64} value={site.value} onInput={(e) => (site.value = e.currentTarget.value)} />
      </label>
      <label>
        {t('Edge')}{' '}
        <input required maxLength={64} value={edge.value} onInput={(e) => (edge.value = e.currentTarget.value)} />
      </label>
      <label>
        {t('Topics of its machines, such as plant/#')}{' '}
        <input maxLength={1000} value={topics.value} onInput={(e) => (topics.value = e.currentTarget.value)} />
      </label>
      <button type="submit">{t('Create a one-time code')}</button>
    </form>
  );
}
