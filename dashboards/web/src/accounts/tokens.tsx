import { useSignal } from '@preact/signals';
import { type Role, roles, type Token } from '#models/contracts/identity.ts';
import { api } from '../api.ts';
import { time } from '../format.ts';
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
      return `The token ${token.name} is removed.`;
    });
  return (
    <section aria-labelledby="tokens-title">
      <h2 id="tokens-title">Tokens</h2>
      <p class="quiet">
        A token identifies a script or a service. It has at most its creator’s permissions, and it expires.
      </p>
      {error.value && <p role="alert">{error.value}</p>}
      {outcome.value && <p role="status">{outcome.value}</p>}
      {(value.value ?? []).length > 0 && (
        <ScrollTable label="All tokens" head={['For', 'Acts as', 'Role', 'Expires', 'Last used', 'Change']}>
          {(value.value ?? []).map((token) => (
            <tr key={token.id} data-token={token.name}>
              <th scope="row">{token.name}</th>
              <td>{token.owner ?? 'itself'}</td>
              <td>{token.role}</td>
              <td>{time(token.expiresMs)}</td>
              <td>{token.lastUsedMs === null ? 'never' : time(token.lastUsedMs)}</td>
              <td>
                <button type="button" onClick={() => void remove(token)}>
                  Remove
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
      return `Token: ${secret}. It is shown only now.`;
    });
  };
  return (
    <form class="take" onSubmit={submit}>
      <label>
        For <input required maxLength={100} value={name.value} onInput={(e) => (name.value = e.currentTarget.value)} />
      </label>
      <label>
        Role{' '}
        <select value={role.value} onChange={(e) => (role.value = e.currentTarget.value as Role)}>
          {roles.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label>
        Days{' '}
        <select value={days.value} onChange={(e) => (days.value = Number(e.currentTarget.value))}>
          {DAYS.map((one) => (
            <option key={one}>{one}</option>
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
          of a service
        </label>
      )}
      <button type="submit">Create a token</button>
    </form>
  );
}
