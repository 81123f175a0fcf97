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

/** Between leaving for the provider and coming back. */
const MAX_PENDING_MS = 600_000;
const MAX_PENDING = 1000;
const DISCOVERY_S = 10;

interface Pending {
  verifier: string;
  nonce: string;
  sinceMs: number;
}

/** Thrown with a reason that the person who signs in may read. */
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

  /** Where a browser goes to sign in, and the state with which it comes back. @throws OpenIdError without the provider. */
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
   * The identity of somebody who comes back.
   * @param query of the request, with its question mark.
   * @param state that this browser left with.
   * @throws OpenIdError where the provider, or the configured roles, do not let it in.
   */
  async finish(query: string, state: string | undefined): Promise<Omit<Identity, 'via'> & { name: string }> {
    const pending = state === undefined ? undefined : this.#pending.get(state);
    if (state === undefined || pending === undefined || this.#isOld(pending))
      throw new OpenIdError('the sign-in took too long, or was begun in another browser: sign in again');
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
    // Plain HTTP is configured for a provider on loopback alone.
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

/** Who the claims of a provider describe. @throws OpenIdError where they have no role here. Pure. */
export function identityOf(
  claims: Readonly<Record<string, unknown>>,
  { nameClaim, roleClaim, roles }: Pick<OpenIdConfig, 'nameClaim' | 'roleClaim' | 'roles'>,
): Omit<Identity, 'via'> & { name: string } {
  const name = accountNameSchema.safeParse(claims[nameClaim]);
  if (!name.success) throw new OpenIdError(`the provider sends no name in the claim ${nameClaim} that can be used`);
  const values = [claims[roleClaim]].flat();
  const match = roles.find(({ value }) => values.includes(value));
  if (match === undefined)
    throw new OpenIdError(`no role for ${name.data}: its claim ${roleClaim} matches none of openId.roles`);
  return { name: name.data, role: match.role, sites: match.sites ?? null, mustChangePassword: false };
}
