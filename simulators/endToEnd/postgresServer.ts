import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listens } from '../freePort.ts';
import { Restartable } from './servers.ts';

/** Debian's directory of the server's commands, by version. */
const ROOT = '/usr/lib/postgresql';

export interface PostgresServer {
  /** Without a database: `postgres://postgres@127.0.0.1:5432`. */
  url: string;
  process: Restartable;
}

function binOf(): string | null {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(ROOT, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  return found ?? null;
}

/** Whether PostgreSQL's server is installed; in CI its absence is an error. */
export function hasPostgres(): boolean {
  const found = binOf() !== null;
  if (!found && process.env.CI) throw new Error('postgresql is not installed, and CI skips no test that needs it');
  return found;
}

/**
 * Debian's PostgreSQL on a free port. It refuses to run as root, so root runs it as user `postgres`. \n@param isDurable
 * false for tests without a kill, since durable commits are slow. @param root directory of its data.
 */
export async function startPostgres(isDurable = true, root = tmpdir()): Promise<PostgresServer> {
  const bin = binOf() as string;
  const data = mkdtempSync(join(root, 'millwright-postgres-'));
  const account = process.getuid?.() === 0 ? postgresUser() : null;
  if (account !== null) chownSync(data, account.uid, account.gid);
  const user = account ?? {};
  mkdirSync(data, { recursive: true });
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
    { ...user, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${data}`,
    'shared_buffers=32MB',
    'max_connections=300',
    ...(isDurable ? [] : ['fsync=off', 'synchronous_commit=off']),
  ];
  const start = () =>
    spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...user,
      stdio: 'ignore',
    });
  const server = await new Restartable(start, () => listens(port)).ready();
  return { url: `postgres://postgres@127.0.0.1:${port}`, process: server };
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}
