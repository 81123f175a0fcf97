import { useSignal } from '@preact/signals';
import { type Role, roles, type Token } from '#models/contracts/identity.ts';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { mayUse, session } from '../session/session.ts';
import { type Run, useChanging } from '../useChanging.ts';

const DAYS = [1, 30, 90, 365];

/** Tokens for scripts and services: listed, created, removed. The secret of a new one is shown once. */
export function Tokens() {
  const { value, error, outcome, run } = useChanging(() => api.tokens());
  const remove = (token: Token) =>
    run(async () => {
      await api.removeToken(token.id);
      return t('The token {{name}} is removed.', { name: token.name });
    });
  return (
    <section aria-labelledby="tokens-title">
      <h2 id="tokens-title">{t('Tokens')}</h2>
      <p class="quiet">
        {t('A token identifies a script or a service. It has at most its creator’s permissions, and it expires.')}
      </p>
      {error.value && <p role="alert">{error.value}</p>}
      {outcome.value && <p role="status">{outcome.value}</p>}
      {(value.value ?? []).length > 0 && (
        <ScrollTable
          label={t('All tokens')}
          head={[t('For'), t('Acts as'), t('Role'), t('Expires'), t('Last used'), t('Change')]}
        >
          {(value.value ?? []).map((token) => (
            <tr key={token.id} data-token={token.name}>
              <th scope="row">{token.name}</th>
              <td>{token.owner ?? t('itself')}</td>
              <td>{term(token.role)}</td>
              <td>{time(token.expiresMs)}</td>
              <td>{token.lastUsedMs === null ? t('never') : time(token.lastUsedMs)}</td>
              <td>
                <button type="button" onClick={() => void remove(token)}>
                  {t('Remove')}
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      <NewToken run={run} />
    </section>
  );
}

function NewToken({ run }: { run: Run }) {
  const own = session.value?.role ?? 'viewer';
  const [name, role, days] = [useSignal(''), useSignal<Role>(own), useSignal(90)];
  const isService = useSignal(!session.value?.isSession);
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const kind = isService.value ? 'service' : 'personal';
      const { secret } = await api.addToken({ name: name.value.trim(), kind, role: role.value, days: days.value });
      name.value = '';
      return t('Token: {{secret}}. It is shown only now.', { secret });
    });
  };
  return (
    <form class="take" onSubmit={submit}>
      <label>
        {t('For')}{' '}
        <input required maxLength={100} value={name.value} onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      <label>
        {t('Role')}{' '}
        <select value={role.value} onChange={(e) => (role.value = e.currentTarget.value as Role)}>
          {roles.map((one) => (
            <option key={one} value={one}>
              {term(one)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('Days')}{' '}
        <select value={days.value} onChange={(e) => (days.value = Number(e.currentTarget.value))}>
          {DAYS.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {mayUse('accounts') && (
        <label>
          <input
            type="checkbox"
            checked={isService.value}
            onChange={(e) => (isService.value = e.currentTarget.checked)}
          />{' '}
          {t('of a service')}
        </label>
      )}
      <button type="submit">{t('Create a token')}</button>
    </form>
  );
}
