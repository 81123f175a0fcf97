import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Link } from '../score/link.ts';
import type { Restartable } from './servers.ts';

/** Kinds of server outages. */
export const OUTAGES = ['killed', 'frozen', 'slowed', 'full'] as const;
export type Outage = (typeof OUTAGES)[number];

const DISK = '1g';
/** A link with a delay of a quarter of a second each way. */
const SLOW = { bytesPerS: 200_000, delayMs: 250 };
const MEGABYTE = 1024 * 1024;

/** A server with its own disk, behind a network link. */
export interface Afflicted {
  process: Restartable;
  link: Link;
  disk: string;
}

/** Mounts a small disk; false if not permitted. */
export function mountDisk(directory: string): boolean {
  mkdirSync(directory, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=1777`, 'tmpfs', directory]).status === 0;
}

export function unmountDisk(directory: string): void {
  execFileSync('umount', ['-l', directory]);
}

/** Begins an outage. @returns a function that ends it. */
export async function begin(outage: Outage, { process: server, link, disk }: Afflicted): Promise<() => void> {
  switch (outage) {
    case 'killed':
      await server.end('SIGKILL');
      return () => server.restart();
    case 'frozen': {
      const pids = familyOf(server.pid);
      signal(pids, 'SIGSTOP');
      return () => signal(pids, 'SIGCONT');
    }
    case 'slowed':
      link.limit(SLOW);
      return () => link.limit(null);
    case 'full': {
      const file = join(disk, 'filler');
      fill(file);
      return () => {
        rmSync(file);
        // PostgreSQL exits when it cannot write its log; its supervisor restarts it.
        if (!server.alive) server.restart();
      };
    }
  }
}

/** A process and its descendants: PostgreSQL has many. */
function familyOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return [pid, ...stdout.split('\n').filter(Boolean).map(Number)];
}

function signal(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) spawnSync('kill', [`-${name}`, String(pid)]);
}

/** Writes until the disk is full. */
function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (let size = MEGABYTE; size >= 1; size = Math.floor(size / 16)) fillWith(handle, Buffer.alloc(size));
  } finally {
    closeSync(handle);
  }
}

function fillWith(handle: number, block: Buffer): void {
  try {
    for (;;) writeSync(handle, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
