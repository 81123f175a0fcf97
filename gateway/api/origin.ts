import type { IncomingHttpHeaders } from 'node:http';
import { stringifySetCookie } from 'cookie';
import type { GatewayConfig } from '../config.ts';

type ApiConfig = GatewayConfig['api'];

/** Whether browsers reach the page over TLS, of the gateway or of a proxy in front of it. */
export function isOverTls({ tls, publicUrl }: ApiConfig): boolean {
  return tls !== undefined || publicUrl?.startsWith('https:') === true;
}

/** The origin of the page as browsers see it. */
export function ownOrigin(config: ApiConfig, host: string): string {
  if (config.publicUrl !== undefined) return new URL(config.publicUrl).origin;
  return `${isOverTls(config) ? 'https' : 'http'}://${host}`;
}

/** Whether the request comes from the page itself. Browsers add `origin` to every request that may change something. */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders, config: ApiConfig): boolean {
  return origin !== undefined && origin === ownOrigin(config, host ?? '');
}

/** `__Host-`: browsers accept such a cookie only over TLS, for this host and every path. */
export function sessionCookie(config: ApiConfig): string {
  return isOverTls(config) ? '__Host-millwright' : 'millwright';
}

/** A cookie that scripts cannot read. @param seconds 0 removes the cookie. */
export function cookieOf(
  config: ApiConfig,
  { name, value, seconds, sameSite }: { name: string; value: string; seconds: number; sameSite: 'strict' | 'lax' },
): string {
  return stringifySetCookie(name, value, {
    httpOnly: true,
    secure: isOverTls(config),
    sameSite,
    path: '/',
    maxAge: seconds,
  });
}
