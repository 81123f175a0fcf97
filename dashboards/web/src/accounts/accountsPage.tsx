import { useSignal } from '@preact/signals';
import { type Account, roles } from '#models/contracts/identity.ts';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { mayUse } from '../session/session.ts';
import { type Run, useChanging } from '../useChanging.ts';
import { Tokens } from './tokens.tsx';

const PERSON_ROLES = roles.filter((role) => role !== 'metrics');
const sitesText = (sites: string[] | null) => sites?.join(', ') ?? t('all sites');
/** Null: all. Area names may contain blanks; site names may not. */
const sitesIn = (text: string) => {
  const places = text.split(/[,;]/).flatMap((part) => (part.includes('/') ? [part.trim()] : part.split(/\s+/)));
  const sites = places.filter((place) => place !== '');
  return sites.length === 0 ? null : sites;
};

/** Accounts for administrators, and each user's own tokens. */
export function AccountsPage() {
  return (
    <>
      {mayUse('accounts') && <Accounts />}
      <Tokens />
    </>
  );
}

function Accounts() {
  const { value, error, outcome, run } = useChanging(() => api.accounts());
  return (
    <section aria-labelledby="accounts-title">
      <h2 id="accounts-title">{t('Accounts')}</h2>
      {error.value && <p role="alert">{error.value}</p>}
      {outcome.value && <p role="status">{outcome.value}</p>}
      <ScrollTable
        label={t('All accounts')}
        head={[t('Name'), t('Role'), t('Sites'), t('Since'), t('State'), t('Change')]}
      >
        {(value.value ?? []).map((account) => (
          <AccountRow key={account.name} account={account} run={run} />
        ))}
      </ScrollTable>
      <NewAccount run={run} />
    </section>
  );
}

function AccountRow({ account, run }: { account: Account; run: Run }) {
  const { name, role, sites, disabled, mustChangePassword, createdMs } = account;
  const change = (what: Partial<Account>) =>
    run(async () => {
      await api.changeAccount({ ...account, ...what });
      return t('{{name}} has been changed; its sessions and personal tokens have ended.', { name });
    });
  return (
    <tr data-account={name}>
      <th scope="row">{name}</th>
      <td>
        <select
          aria-label={t('Role of {{name}}', { name })}
          value={role}
          onChange={(e) => void change({ role: e.currentTarget.value as Account['role'] })}
        >
          {PERSON_ROLES.map((one) => (
            <option key={one} value={one}>
              {term(one)}
            </option>
          ))}
        </select>
      </td>
      <td>{sitesText(sites)}</td>
      <td>{time(createdMs)}</td>
      <td>{disabled ? t('disabled') : mustChangePassword ? t('one-time password') : t('active')}</td>
      <td>
        <button type="button" onClick={() => void run(() => oneTime(api.resetAccount(name)))}>
          {t('Reset password')}
        </button>{' '}
        <button type="button" onClick={() => void change({ disabled: !disabled })}>
          {disabled ? t('Enable') : t('Disable')}
        </button>
      </td>
    </tr>
  );
}

function NewAccount({ run }: { run: Run }) {
  const [name, role, sites] = [useSignal(''), useSignal<Account['role']>('operator'), useSignal('')];
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const text = await oneTime(api.addAccount(name.value.trim(), role.value, sitesIn(sites.value)));
      name.value = '';
      return text;
    });
  };
  return (
    <form class="take" onSubmit={submit}>
      <label>
        {t('Name')}{' '}
        <input required maxLength={64} value={name.value} onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      <label>
        {t('Role')}{' '}
        <select value={role.value} onChange={(e) => (role.value = e.currentTarget.value as Account['role'])}>
          {PERSON_ROLES.map((one) => (
            <option key={one} value={one}>
              {term(one)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('Sites, or areas as site/area (none: all)')}{' '}
        <input value={sites.value} onInput={(e) => (sites.value = e.currentTarget.value)} />
      </label>
      <button type="submit">{t('Add an account')}</button>
    </form>
  );
}

async function oneTime(answer: Promise<{ name: string; oneTimePassword: string }>): Promise<string> {
  const { name, oneTimePassword } = await answer;
  return t('One-time password of {{name}}: {{oneTimePassword}}. It is shown only now.', { name, oneTimePassword });
}
