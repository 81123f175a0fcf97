import type { AlertRecord } from '#models/contracts/alert.ts';
import { attachmentTypes } from '#models/contracts/attachment.ts';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { attach, save } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';

/** Attachments of an alert, with a form to add one; a phone offers its camera. */
export function Attachments({ alert }: { alert: AlertRecord }) {
  // Each attachment is recorded in the history.
  const { value, error } = useLoaded(() => api.attachments(alert.id), [alert.id, alert.history?.length]);
  const add = async (input: HTMLInputElement) => {
    const file = input.files?.item(0);
    if (file) await attach(alert.id, recordedName(), file);
    input.value = '';
  };
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      {value.value !== null && value.value.length > 0 && (
        <ul>
          {value.value.map(({ id, name, bytes, by, atMs }) => (
            <li key={id}>
              <button
                type="button"
                onClick={() => void save(`/api/v1/alerts/${encodeURIComponent(alert.id)}/attachments/${id}`, name)}
              >
                {name}
              </button>{' '}
              <span class="quiet">
                {t('{{size}} kB, {{by}}, {{atMs}}', { size: Math.ceil(bytes / 1000), by, atMs: time(atMs) })}
              </span>
            </li>
          ))}
        </ul>
      )}
      {mayUse('alerts') && (
        <label>
          {t('Attach a photograph, report or note')}{' '}
          <input type="file" accept={attachmentTypes.join(',')} onChange={(e) => void add(e.currentTarget)} />
        </label>
      )}
    </>
  );
}
