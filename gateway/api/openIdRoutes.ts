import { parseCookie } from 'cookie';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import { OpenIdError, OpenIdSignIn } from '../identity/openId.ts';
import { cookieOf } from './origin.ts';
import { createSessionStarter, type SessionParts } from './sessionRoutes.ts';

const STATE_COOKIE = 'millwright-openid';
const STATE_S = 600;

/** Sign-in through an OpenID Connect provider; on refusal, the page shows the reason. */
export function addOpenIdRoutes(app: FastifyInstance, config: GatewayConfig['api'], parts: SessionParts): void {
  if (config.openId === undefined || config.publicUrl === undefined) return;
  const openId = new OpenIdSignIn(config.openId, config.publicUrl, parts.now);
  const begin = createSessionStarter(config, parts);
  // The cookie must be sent on the redirect from the provider's page, which is another site.
  const stateCookie = (value: string, seconds: number) =>
    cookieOf(config, { name: STATE_COOKIE, value, seconds, sameSite: 'lax' });

  app.get(
    '/api/v1/sign-in/openid',
    { schema: { description: 'Redirects to the OpenID Connect provider.' } },
    async (_request, reply) => {
      try {
        const { url, state } = await openId.begin();
        return reply.header('set-cookie', stateCookie(state, STATE_S)).redirect(url);
      } catch (error) {
        return reply.redirect(pageWith(reasonOf(error)));
      }
    },
  );

  app.get(
    '/api/v1/sign-in/openid/callback',
    { schema: { description: 'Where the OpenID Connect provider redirects to.' } },
    async (request, reply) => {
      const state = parseCookie(request.headers.cookie ?? '')[STATE_COOKIE];
      const done = stateCookie('', 0);
      try {
        const identity = await openId.finish(request.url.slice(request.url.indexOf('?')), state);
        begin(identity, request.headers.cookie, request.ip, reply);
        return reply.header('set-cookie', done).redirect('/');
      } catch (error) {
        parts.failedLogins.failed(request.ip);
        parts.audit('unknown', 'sign_in_failed', request.ip);
        return reply.header('set-cookie', done).redirect(pageWith(reasonOf(error)));
      }
    },
  );
}

const pageWith = (reason: string) => `/?signInError=${encodeURIComponent(reason)}`;

/** @throws any error that is not a refusal. */
function reasonOf(error: unknown): string {
  if (error instanceof OpenIdError) return error.message;
  throw error;
}
