import { readFileSync } from 'node:fs';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { accountNameSchema } from '#models/contracts/identity.ts';
import type { GatewayConfig } from '../config.ts';
import type { Identity } from './identity.ts';

export type OpenIdConfig = NonNullable<GatewayConfig['api']['openId']>;

/** Time limit between the redirect to the provider and the return. */
const MAX_PENDING_MS = 600_000;
const MAX_PENDING = 1000;
const DISCOVERY_S = 10;

interface Pending {
  verifier: string;
  nonce: string;
  sinceMs: number;
}

/** An error whose reason may be shown to the user. */
export class OpenIdError extends Error {}

/** Sign-in through an OpenID Connect provider: authorization code with PKCE, state and nonce. */
export class OpenIdSignIn {
  readonly #config: OpenIdConfig;
  readonly #redirectUrl: string;
  readonly #now: () => number;
  readonly #pending = new Map<string, Pending>();
  #provider: Promise<Configuration> | null = null;

  constructor(config: OpenIdConfig, publicUrl: string, now: () => number) {
    this.#config = config;
    this.#redirectUrl = new URL('/api/v1/sign-in/openid/callback', publicUrl).href;
    this.#now = now;
  }

  /**
   * The redirect address, and the state with which the browser returns. @throws OpenIdError if the provider is
   * unreachable.
   */
  async begin(): Promise<{ url: string; state: string }> {
    const provider = await this.#reach();
    const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()];
    this.#forgetOld();
    this.#pending.set(state, { verifier, nonce, sinceMs: this.#now() });
    const url = buildAuthorizationUrl(provider, {
      redirect_uri: this.#redirectUrl,
      scope: this.#config.scope,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { url: url.href, state };
  }

  /**
   * The identity of a returning user.
   * @param query of the request, with its question mark.
   * @param state issued to this browser.
   * @throws OpenIdError if the provider or the configured roles refuse the user.
   */
  async finish(query: string, state: string | undefined): Promise<Omit<Identity, 'via'> & { name: string }> {
    const pending = state === undefined ? undefined : this.#pending.get(state);
    if (state === undefined || pending === undefined || this.#isOld(pending))
      throw new OpenIdError('the sign-in took too long, or was started in another browser: sign in again');
    this.#pending.delete(state);
    const provider = await this.#reach();
    const tokens = await authorizationCodeGrant(provider, new URL(query, this.#redirectUrl), {
      pkceCodeVerifier: pending.verifier,
      expectedState: state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
    }).catch((error: Error) => {
      throw new OpenIdError(`the provider refused the sign-in: ${error.message}`);
    });
    return identityOf(tokens.claims() ?? {}, this.#config);
  }

  /** The provider's metadata; read again after a failure. */
  async #reach(): Promise<Configuration> {
    const { issuer, clientId, clientSecretFile } = this.#config;
    const secret = readFileSync(clientSecretFile, 'utf8').trim();
    // Plain HTTP is allowed only for a provider on loopback.
    const execute = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
    this.#provider ??= discovery(new URL(issuer), clientId, secret, undefined, { execute, timeout: DISCOVERY_S });
    try {
      return await this.#provider;
    } catch (error) {
      this.#provider = null;
      throw new OpenIdError(
        `the provider ${issuer} cannot be reached: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  #isOld = ({ sinceMs }: Pending) => this.#now() - sinceMs > MAX_PENDING_MS;

  #forgetOld(): void {
    for (const [state, pending] of this.#pending)
      if (this.#isOld(pending) || this.#pending.size >= MAX_PENDING) this.#pending.delete(state);
  }
}

/** Maps a provider's claims to an identity. @throws OpenIdError without a matching role. Pure. */
export function identityOf(
  claims: Readonly<Record<string, unknown>>,
  { nameClaim, roleClaim, roles }: Pick<OpenIdConfig, 'nameClaim' | 'roleClaim' | 'roles'>,
): Omit<Identity, 'via'> & { name: string } {
  const name = accountNameSchema.safeParse(claims[nameClaim]);
  if (!name.success) throw new OpenIdError(`the provider sends no usable name in the claim ${nameClaim}`);
  const values = [claims[roleClaim]].flat();
  const match = roles.find(({ value }) => values.includes(value));
  if (match === undefined)
    throw new OpenIdError(`no role for ${name.data}: its claim ${roleClaim} matches none of openId.roles`);
  return { name: name.data, role: match.role, sites: match.sites ?? null, mustChangePassword: false };
}
