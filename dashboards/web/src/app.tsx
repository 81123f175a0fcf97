import { signal } from '@preact/signals';
import { AccountsPage } from './accounts/accountsPage.tsx';
import { AlertsPage } from './alerts/alertsPage.tsx';
import { api } from './api.ts';
import { AuditPage } from './audit/auditPage.tsx';
import { DisplaySettings } from './displaySettings.tsx';
import { t, term } from './i18n/i18n.ts';
import { MachinePage } from './machine/machinePage.tsx';
import { ModelsPage } from './models.tsx';
import { PartsPage } from './parts/partsPage.tsx';
import { PlanItemPage } from './planning/planItemPage.tsx';
import { PlanPage } from './planning/planPage.tsx';
import { PlantPage } from './plant/plantPage.tsx';
import { mayUse, session } from './session/session.ts';
import { ChoosePassword, SignInPage } from './session/signIn.tsx';
import { SetupPage } from './setup/setupPage.tsx';
import { connection, keyOf, machines, planAlerts, problem } from './state.ts';
import { Tour } from './tour/tour.tsx';
import { ValuePage } from './value/valuePage.tsx';
import { WallPage } from './wall/wallPage.tsx';
import { WorkPage } from './work/workPage.tsx';

const route = signal(location.hash);
addEventListener('hashchange', () => {
  route.value = location.hash;
});

const CONNECTION_WORDS = {
  connecting: t('Connecting …'),
  live: t('Live'),
  lost: t('Connection lost: reconnecting'),
  'not allowed': t('Not signed in'),
};

export function App() {
  if (route.value === '#/wall' && connection.value !== 'not allowed')
    return (
      <main>
        <h1 class="unseen">{t('Wall display')}</h1>
        <Connection />
        <WallPage />
      </main>
    );
  return (
    <>
      <header class="top">
        <h1>
          <a class="brand" href="#/">
            Millwright
          </a>
        </h1>
        <nav aria-label={t('Views')}>
          <a class="view" href="#/" aria-current={view() === 'machines' ? 'page' : undefined}>
            {t('Machines')}
          </a>
          <a class="view" href="#/alerts" aria-current={view() === 'alerts' ? 'page' : undefined}>
            {t('Alerts')}
          </a>
          <a class="view" href="#/work" aria-current={view() === 'work' ? 'page' : undefined}>
            {t('Work')}
          </a>
          <a class="view" href="#/models" aria-current={view() === 'models' ? 'page' : undefined}>
            {t('Models')}
          </a>
          <a class="view" href="#/plan" aria-current={view() === 'planning' ? 'page' : undefined}>
            {t('Planning')}
            {planAlerts.value.length > 0 ? ` (${planAlerts.value.length})` : ''}
          </a>
          <a class="view" href="#/value" aria-current={view() === 'value' ? 'page' : undefined}>
            {t('Value')}
          </a>
          <a class="view" href="#/setup" aria-current={view() === 'setup' ? 'page' : undefined}>
            {t('Set-up')}
          </a>
          {mayUse('audit') && (
            <a class="view" href="#/audit" aria-current={view() === 'audit' ? 'page' : undefined}>
              {t('Audit')}
            </a>
          )}
          {mayUse('tokens') && session.value?.name != null && (
            <a class="view" href="#/accounts" aria-current={view() === 'accounts' ? 'page' : undefined}>
              {mayUse('accounts') ? t('Accounts') : t('Tokens')}
            </a>
          )}
        </nav>
        <SignedIn />
        <Connection />
      </header>
      <main>
        {problem.value && <p role="alert">{problem.value}</p>}
        {connection.value === 'not allowed' ? <SignInOrChoose /> : <Content />}
      </main>
      <Tour />
      <DisplaySettings />
    </>
  );
}

function Connection() {
  return (
    <span class={`connection ${connection.value.replace(' ', '-')}`} role="status">
      {CONNECTION_WORDS[connection.value]}
    </span>
  );
}

/** For a manually typed address: undecodable text is left as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function view(): 'machines' | 'alerts' | 'work' | 'models' | 'planning' | 'accounts' | 'value' | 'audit' | 'setup' {
  if (route.value.startsWith('#/value')) return 'value';
  if (route.value.startsWith('#/setup')) return 'setup';
  if (route.value.startsWith('#/audit')) return 'audit';
  if (route.value.startsWith('#/work')) return 'work';
  if (route.value.startsWith('#/alerts')) return 'alerts';
  if (route.value.startsWith('#/accounts')) return 'accounts';
  if (route.value.startsWith('#/plan')) return 'planning';
  return route.value.startsWith('#/models') ? 'models' : 'machines';
}

function Content() {
  const item = /^#\/plan\/item\/([^/]+)\/([^/]*)$/.exec(route.value);
  if (item) return <PlanItemPage key={item[0]} item={decoded(item[1])} site={decoded(item[2])} />;
  if (view() === 'planning') return <PlanPage />;
  if (view() === 'models') return <ModelsPage />;
  if (view() === 'accounts') return <AccountsPage />;
  if (view() === 'setup') return <SetupPage />;
  if (view() === 'audit') return <AuditPage />;
  if (view() === 'value') return <ValuePage />;
  if (view() === 'work') return <WorkPage />;
  if (view() === 'alerts') return <AlertsPage />;
  if (route.value.startsWith('#/parts')) return <PartsPage />;
  const key = /^#\/machine\/(.+)$/.exec(route.value)?.[1];
  const machine = machines.value.find((m) => keyOf(m.health) === key);
  if (machine) return <MachinePage key={key} machine={machine} />;
  return key === undefined ? <PlantPage /> : <UnknownMachine name={decoded(key)} />;
}

/** From an outdated link: showing another machine's page, or the plant, would be misleading. */
function UnknownMachine({ name }: { name: string }) {
  // Unknown until the machines are loaded.
  if (connection.value !== 'live') return <p role="status">{t('Loading …')}</p>;
  return (
    <section aria-labelledby="machine-name">
      <p>
        <a href="#/">{t('All machines')}</a>
      </p>
      <h2 id="machine-name">{name}</h2>
      <p role="alert">{t('No machine of this name has reported to this gateway, or you may not see its site.')}</p>
    </section>
  );
}

function SignInOrChoose() {
  const { name = null, mustChangePassword = false } = session.value ?? {};
  return mustChangePassword && name !== null ? <ChoosePassword name={name} /> : <SignInPage />;
}

/** The signed-in user, and sign-out. */
function SignedIn() {
  if (session.value?.name == null) return null;
  const { name, role, sites } = session.value;
  const signOut = async () => {
    await api.signOut().finally(() => location.reload());
  };
  return (
    <span class="signed-in">
      {name}{' '}
      <small class="quiet">
        {role === null ? '' : term(role)}
        {sites === null ? '' : `, ${sites.join(', ')}`}
      </small>{' '}
      <button type="button" onClick={() => void signOut()}>
        {t('Sign out')}
      </button>
    </span>
  );
}
