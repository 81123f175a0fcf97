import { type Signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { api, token } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { useLoaded } from '../useLoaded.ts';

/** All sign-in methods that the gateway offers. */
export function SignInPage() {
  const { value: methods, error } = useLoaded(() => api.waysToSignIn(), []);
  const refused = new URLSearchParams(location.search).get('signInError');
  if (methods.value === null) return <p role={error.value ? 'alert' : 'status'}>{error.value ?? t('Loading …')}</p>;
  const { accounts, openId } = methods.value;
  return (
    <>
      <h2>{t('Sign in')}</h2>
      {refused && <p role="alert">{refused}</p>}
      {openId !== null && (
        <p>
          <a class="button" href="/api/v1/sign-in/openid">
            {t('Sign in with {{openId}}', { openId })}
          </a>
        </p>
      )}
      {accounts && <AccountForm />}
      {accounts || openId !== null ? (
        <details>
          <summary>{t('Use a token')}</summary>
          <TokenForm />
        </details>
      ) : (
        <TokenForm />
      )}
    </>
  );
}

function AccountForm() {
  const [name, password] = [useSignal(''), useSignal('')];
  return (
    <Form label={t('Sign in')} work={() => api.signIn(name.value.trim(), password.value)}>
      <label>
        {t('Name')}
        <input
          required
          autocomplete="username"
          value={name.value}
          onInput={(e) => (name.value = e.currentTarget.value)}
        />
      </label>
      <SecretField label={t('Password')} text={password} autocomplete="current-password" />
    </Form>
  );
}

function TokenForm() {
  const text = useSignal('');
  return (
    <Form label={t('Enter')} work={async () => token.keep(text.value.trim())}>
      <SecretField label={t('Token of this gateway')} text={text} autocomplete="off" />
    </Form>
  );
}

/** Shown after sign-in with a one-time password. */
export function ChoosePassword({ name }: { name: string }) {
  const [password, chosen, again] = [useSignal(''), useSignal(''), useSignal('')];
  const work = async () => {
    if (chosen.value !== again.value) throw new Error(t('The two new passwords differ.'));
    await api.choosePassword(password.value, chosen.value);
  };
  return (
    <>
      <h2>{t('Choose a password')}</h2>
      <p>{t('The password of {{name}} is valid for one sign-in.', { name })}</p>
      <Form label={t('Choose')} work={work}>
        <SecretField label={t('Current password')} text={password} autocomplete="current-password" />
        <SecretField label={t('New password, 12 characters or more')} text={chosen} autocomplete="new-password" />
        <SecretField label={t('Repeat new password')} text={again} autocomplete="new-password" />
      </Form>
    </>
  );
}

interface SecretFieldProps {
  label: string;
  text: Signal<string>;
  autocomplete: 'current-password' | 'new-password' | 'off';
}

function SecretField({ label, text, autocomplete }: SecretFieldProps) {
  return (
    <label>
      {label}
      <input
        type="password"
        required
        autocomplete={autocomplete}
        value={text.value}
        onInput={(e) => (text.value = e.currentTarget.value)}
      />
    </label>
  );
}

/** A form that reloads the page on success, or shows the reason for refusal. */
function Form({
  label,
  work,
  children,
}: {
  label: string;
  work: () => Promise<unknown>;
  children: JSX.Element | JSX.Element[];
}) {
  const problem = useSignal<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await work();
      // Removes the parameters of a refused sign-in from the address.
      location.replace(`/${location.hash}`);
      if (location.search === '') location.reload();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <form class="token" onSubmit={(e) => void submit(e)}>
      {children}
      <button type="submit">{label}</button>
      {problem.value && <p role="alert">{problem.value}</p>}
    </form>
  );
}
