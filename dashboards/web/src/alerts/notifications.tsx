import { useSignal } from '@preact/signals';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { ScrollTable } from '../scroll.tsx';
import { recordedName } from '../session/session.ts';
import { Table } from '../table.tsx';
import { useLoaded } from '../useLoaded.ts';

/** Channels with a test of each, and undeliverable notifications. */
export function Notifications() {
  const asked = useSignal(0);
  const channels = useLoaded(() => api.channels(), [asked.value]);
  const dead = useLoaded(() => api.deadLetters(), [asked.value]);
  const outcome = useSignal<string | null>(null);
  const run = async (done: string, work: () => Promise<unknown>) => {
    try {
      await work();
      outcome.value = done;
    } catch (error) {
      outcome.value = error instanceof Error ? error.message : String(error);
    }
    asked.value++;
  };
  const by = recordedName();
  return (
    <section aria-labelledby="notifications-title">
      <h2 id="notifications-title">Notifications</h2>
      {outcome.value && <p role="status">{outcome.value}</p>}
      {(channels.error.value ?? dead.error.value) && <p role="alert">{channels.error.value ?? dead.error.value}</p>}
      {channels.value.value?.length === 0 && <p class="empty">No channel is configured: see notifiers.</p>}
      {channels.value.value !== null && channels.value.value.length > 0 && (
        <>
          <Table
            label="Channels"
            head={['Channel', 'Waiting', 'Delivered', 'Dead letters', 'Abandoned']}
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
                onClick={() => void run(`${name} : test message sent`, () => api.testChannel(name, by))}
              >
                Test {name}
              </button>
            ))}
          </p>
        </>
      )}
      {dead.value.value !== null && dead.value.value.length > 0 && (
        <ScrollTable label="Dead letters" head={['Created', 'Channel', 'Alert', 'Event', 'Last error', '']}>
          {dead.value.value.map(({ id, createdMs, channel, alert, event, error }) => (
            <tr key={id}>
              <td>{time(createdMs)}</td>
              <td>{channel}</td>
              <td>{alert}</td>
              <td>{event}</td>
              <td>{error ?? '–'}</td>
              <td>
                <button type="button" onClick={() => void run('Resent', () => api.resend(id, by))}>
                  Resend
                </button>{' '}
                <button type="button" onClick={() => void run('Abandoned', () => api.abandon(id, by))}>
                  Abandon
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </section>
  );
}
