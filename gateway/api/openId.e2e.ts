import type { Server } from 'node:http';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#simulators/freePort.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

/** Sign-in at a real OpenID Connect provider, as in a browser: every redirect and form, cookies by host. */
const GROUPS: Record<string, string[]> = { ann: ['staff', 'plant-operators'], bob: ['visitors'] };
const CLIENT_SECRET = 'a-client-secret-of-this-test-0123456789';
let provider: Server;
let made: Awaited<ReturnType<typeof apiServer>>;
let [issuer, gateway] = ['', ''];

beforeAll(async () => {
  const [providerPort, apiPort] = [await freePort(), await freePort()];
  issuer = `http://127.0.0.1:${providerPort}`;
  gateway = `http://localhost:${apiPort}`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: 'millwright',
        client_secret: CLIENT_SECRET,
        redirect_uris: [`${gateway}/api/v1/sign-in/openid/callback`],
      },
    ],
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, preferred_username: id, groups: GROUPS[id] }),
    }),
    cookies: { keys: ['a-key-of-this-test'] },
  });
  provider = await new Promise((resolve) => {
    const server = oidc.listen(providerPort, '127.0.0.1', () => resolve(server));
  });
  made = await apiServer({
    port: apiPort,
    publicUrl: gateway,
    openId: {
      issuer,
      clientId: 'millwright',
      clientSecretFile: secretFile(CLIENT_SECRET),
      roles: [{ value: 'plant-operators', role: 'operator', sites: ['north'] }],
    },
  });
  await made.app.listen({ host: '127.0.0.1', port: apiPort });
});

afterAll(async () => {
  made.events.close();
  await made.app.close();
  provider.close();
});

/** Follows redirects and fills in the provider's forms until a response is neither. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async open(url: string, form?: Record<string, string>): Promise<{ url: string; answer: Response }> {
    const { host } = new URL(url);
    const own = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, own);
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...own].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) own.delete(name);
      else own.set(name, value);
    }
    const location = answer.headers.get('location');
    return location === null ? { url, answer } : { url: new URL(location, url).href, answer };
  }

  /** Signs in from the gateway through the provider's forms; returns the address of the final page. */
  async signIn(name: string): Promise<string> {
    let at = (await this.open(`${gateway}/api/v1/sign-in/openid`)).url;
    for (let step = 0; step < 20; step++) {
      if (at.startsWith(`${gateway}/`) && !at.includes('/callback')) return at;
      const { url, answer } = await this.open(at);
      if (url !== at) at = url;
      else {
        const form = await answer.text();
        const [action, prompt] = [/action="([^"]+)"/, /name="prompt" value="(\w+)"/].map(
          (part) => part.exec(form)?.[1] ?? '',
        );
        at = (await this.open(new URL(action, at).href, { prompt, login: name, password: 'any' })).url;
      }
    }
    throw new Error(`no end at ${at}`);
  }
}

test('a user whose group has a role is signed in with it, by name', async () => {
  const browser = new Browser();
  expect(await browser.signIn('ann')).toBe(`${gateway}/`);
  const { answer } = await browser.open(`${gateway}/api/v1/session`);
  expect(await answer.json()).toMatchObject({ name: 'ann', role: 'operator', sites: ['north'], isSession: true });
  expect(made.audited).toContain('ann sign_in 127.0.0.1');
});

test('a user without a role sees the reason and gets no session', async () => {
  const browser = new Browser();
  const page = new URL(await browser.signIn('bob'));
  expect(page.searchParams.get('signInError')).toContain('no role for bob');
  expect((await browser.open(`${gateway}/api/v1/session`)).answer.status).toBe(401);
});

test('a code from another browser or a used state is refused', async () => {
  const browser = new Browser();
  const { url } = await browser.open(`${gateway}/api/v1/sign-in/openid`);
  const state = new URL(url).searchParams.get('state');
  const callback = `${gateway}/api/v1/sign-in/openid/callback?code=stolen&state=${state}`;
  const other = await new Browser().open(callback);
  expect(new URL(other.url).searchParams.get('signInError')).toContain('another browser');
  const own = await browser.open(callback);
  expect(new URL(own.url).searchParams.get('signInError')).toContain('refused');
  const again = await browser.open(callback);
  expect(new URL(again.url).searchParams.get('signInError')).toContain('another browser');
});
