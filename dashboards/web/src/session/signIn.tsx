import { type Signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { api, token } from '../api.ts';
import { useLoaded } from '../useLoaded.ts';

/** All sign-in methods that the gateway offers. */
export function SignInPage() {
  const { value: methods, error } = useLoaded(() => api.waysToSignIn(), []);
  const refused = new URLSearchParams(location.search).get('signInError');
  if (methods.value === null) return <p role={error.value ? 'alert' : 'status'}>{error.value ?? 'Loading …'}</p>;
  const { accounts, openId } = methods.value;
  return (
    <>
      <h2>Sign in</h2>
      {refused && <p role="alert">{refused}</p>}
      {openId !== null && (
        <p>
          <a class="button" href="/api/v1/sign-in/openid">
            Sign in with {openId}
          </a>
        </p>
      )}
      {accounts && <AccountForm />}
      {accounts || openId !== null ? (
        <details>
          <summary>Use a token</summary>
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
    <Form label="Sign in" work={() => api.signIn(name.value.trim(), password.value)}>
      <label>
        Name
        <input
          required
          autocomplete="username"
          value={name.value}
          onInput={(e) => (name.value = e.currentTarget.value)}
        />
      </label>
      <SecretField label="Password" text={password} autocomplete="current-password" />
    </Form>
  );
}

function TokenForm() {
  const text = useSignal('');
  return (
    <Form label="Enter" work={async () => token.keep(text.value.trim())}>
      <SecretField label="Token of this gateway" text={text} autocomplete="off" />
    </Form>
  );
}

/** Shown after sign-in with a one-time password. */
export function ChoosePassword({ name }: { name: string }) {
  const [password, chosen, again] = [useSignal(''), useSignal(''), useSignal('')];
  const work = async () => {
    if (chosen.value !== again.value) throw new Error('The two new passwords differ.');
    await api.choosePassword(password.value, chosen.value);
  };
  return (
    <>
      <h2>Choose a password</h2>
      <p>The password of {name} is valid for one sign-in.</p>
      <Form label="Choose" work={work}>
        <SecretField label="Current password" text={password} autocomplete="current-password" />
        <SecretField label="New password, 12 characters or more" text={chosen} autocomplete="new-password" />
        <SecretField label="Repeat new password" text={again} autocomplete="new-password" />
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
