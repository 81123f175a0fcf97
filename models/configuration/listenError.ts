/** A configured address that this process cannot listen on; the message names the setting and the reason. */
export class CannotListen extends Error {}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'a free port: another program listens on this one',
  EACCES: 'a port that this user may listen on, such as one above 1023',
  EADDRNOTAVAIL: 'an address of this machine',
};

/** A readable error for a failed `listen`; any other error is unchanged. @param setting such as `api.port`. */
export function listenError(error: unknown, setting: string): unknown {
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const allowed = REASONS[code ?? ''];
  return allowed === undefined ? error : new CannotListen(`${setting}: found ${address}:${port}; allowed: ${allowed}`);
}
