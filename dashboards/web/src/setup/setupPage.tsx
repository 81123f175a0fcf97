import { Notifications } from '../alerts/notifications.tsx';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse, session } from '../session/session.ts';
import { Table } from '../table.tsx';
import { useLoaded, useTicks } from '../useLoaded.ts';
import { SETUP_COMMAND } from './commands.ts';
import { Enrolments } from './enrolments.tsx';

const REFRESH_MS = 5000;

/** Connects a plant: edges, their broker accounts, notification channels, and people. */
export function SetupPage() {
  return (
    <>
      <Edges />
      <section aria-labelledby="connect-title">
        <h2 id="connect-title">{t('Connect an edge')}</h2>
        <ol class="steps">
          <li>{t('On a computer beside the machines that reaches this gateway’s broker, install Millwright.')}</li>
          <li>
            {t('Give the edge its broker account:')}
            {mayUse('accounts') ? (
              <Enrolments />
            ) : (
              <p class="quiet">
                {t('An administrator creates a one-time code here, or names the account in the gateway’s file.')}
              </p>
            )}
          </li>
          <li>
            {t(
              'Describe its machines in a browser. The page finds what brokers and OPC UA servers offer, shows live values before anything is stored, and starts the edge:',
            )}
            <pre>
              <code>{SETUP_COMMAND}</code>
            </pre>
          </li>
          <li>{t('The edge appears above, and its machines under Machines, within a minute.')}</li>
        </ol>
      </section>
      <section aria-labelledby="people-title">
        <h2 id="people-title">{t('People and services')}</h2>
        <p>
          {mayUse('tokens') && session.value?.name != null ? (
            <a href="#/accounts">{mayUse('accounts') ? t('Accounts and tokens') : t('Tokens')}</a>
          ) : (
            <span class="quiet">
              {t(
                'This gateway has no accounts: add api.accounts to its file, so that people sign in under their own names.',
              )}
            </span>
          )}
        </p>
      </section>
      {mayUse('notifications') && <Notifications />}
    </>
  );
}

/** Edges that have reported, and whether they are connected. */
function Edges() {
  const ticks = useTicks(REFRESH_MS);
  const { value, error } = useLoaded(() => api.edges(), [ticks.value]);
  return (
    <section aria-labelledby="edges-title">
      <h2 id="edges-title">{t('Edges ({{count}})', { count: value.value?.length ?? 0 })}</h2>
      {error.value && <p role="alert">{error.value}</p>}
      {value.value?.length === 0 && <p class="empty">{t('No edge has reported yet.')}</p>}
      {value.value !== null && value.value.length > 0 && (
        <Table
          label={t('Edges')}
          head={[t('Site'), t('Edge'), t('State'), t('Version'), t('Last change')]}
          rows={value.value.map(({ site, edge, online, version, timeMs }) => [
            site,
            edge,
            online ? t('connected') : t('disconnected'),
            version,
            time(timeMs),
          ])}
        />
      )}
    </section>
  );
}
