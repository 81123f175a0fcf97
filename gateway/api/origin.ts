import type { IncomingHttpHeaders } from 'node:http';
import { stringifySetCookie } from 'cookie';
import type { GatewayConfig } from '../config.ts';

type ApiConfig = GatewayConfig['api'];

/** Whether browsers reach the page over TLS, of the gateway or of a proxy before it. */
export function isOverTls({ tls, publicUrl }: ApiConfig): boolean {
  return tls !== undefined || publicUrl?.startsWith('https:') === true;
}

/** The origin under which browsers know the page. */
export function ownOrigin(config: ApiConfig, host: string): string {
  if (config.publicUrl !== undefined) return new URL(config.publicUrl).origin;
  return `${isOverTls(config) ? 'https' : 'http'}://${host}`;
}

/** Whether the page itself made a request. Browsers add `origin` to every request that may change something. */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders, config: ApiConfig): boolean {
  return origin !== undefined && origin === ownOrigin(config, host ?? '');
}

/** `__Host-`: a browser takes it over TLS alone, for this host and every path. */
export function sessionCookie(config: ApiConfig): string {
  return isOverTls(config) ? '__Host-millwright' : 'millwright';
}

/** A cookie that scripts cannot read. @param seconds 0: the cookie is removed. */
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
