import { useSignal } from '@preact/signals';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { recordedName } from '../session/session.ts';
import { Table } from '../table.tsx';
import { useLoaded } from '../useLoaded.ts';

/** Channels with a test for each, and dead letters. */
export function Notifications() {
  const changes = useSignal(0);
  const channels = useLoaded(() => api.channels(), [changes.value]);
  const dead = useLoaded(() => api.deadLetters(), [changes.value]);
  const outcome = useSignal<string | null>(null);
  const run = async (done: string, work: () => Promise<unknown>) => {
    try {
      await work();
      outcome.value = done;
    } catch (error) {
      outcome.value = error instanceof Error ? error.message : String(error);
    }
    changes.value++;
  };
  const by = recordedName();
  return (
    <section aria-labelledby="notifications-title">
      <h2 id="notifications-title">{t('Notifications')}</h2>
      {outcome.value && <p role="status">{outcome.value}</p>}
      {(channels.error.value ?? dead.error.value) && <p role="alert">{channels.error.value ?? dead.error.value}</p>}
      {channels.value.value?.length === 0 && <p class="empty">{t('No channel is configured: see notifiers.')}</p>}
      {channels.value.value !== null && channels.value.value.length > 0 && (
        <>
          <Table
            label={t('Channels')}
            head={[t('Channel'), t('Waiting'), t('Delivered'), t('Dead letters'), t('Abandoned')]}
            rows={channels.value.value.map(({ name, counts }) => [
              name,
              ...['waiting', 'delivered', 'dead', 'abandoned'].map((state) => String(counts[state] ?? 0)),
            ])}
          />
          <p class="tools">
            {channels.value.value.map(({ name }) => (
              <button
                key={name}
                type="button"
                onClick={() => void run(t('{{name}} : test message sent', { name }), () => api.testChannel(name, by))}
              >
                {t('Test {{name}}', { name })}
              </button>
            ))}
          </p>
        </>
      )}
      {dead.value.value !== null && dead.value.value.length > 0 && (
        <ScrollTable
          label={t('Dead letters')}
          head={[t('Created'), t('Channel'), t('Alert'), t('Event'), t('Last error'), '']}
        >
          {dead.value.value.map(({ id, createdMs, channel, alert, event, error }) => (
            <tr key={id}>
              <td>{time(createdMs)}</td>
              <td>{channel}</td>
              <td>{alert}</td>
              <td>{term(event)}</td>
              <td>{error ?? '–'}</td>
              <td>
                <button type="button" onClick={() => void run(t('Resent'), () => api.resend(id, by))}>
                  {t('Resend')}
                </button>{' '}
                <button type="button" onClick={() => void run(t('Abandoned'), () => api.abandon(id, by))}>
                  {t('Abandon')}
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </section>
  );
}
