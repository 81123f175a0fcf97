import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PLACES = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto', '/usr/local/bin/mosquitto'];

/** Path of mosquitto; null if not installed. */
export function mosquittoFile(): string | null {
  return PLACES.find((place) => existsSync(place)) ?? null;
}

/** Starts Debian's mosquitto on a loopback port, with sessions and queues on disk; `more` goes into its configuration. */
export function startMosquittoOn(port: number, directory: string, more = ''): ChildProcess {
  const program = mosquittoFile();
  if (!program) throw new Error('mosquitto is not installed; on Debian: apt-get install mosquitto');
  const data = join(directory, 'mosquitto');
  mkdirSync(data, { recursive: true });
  const config = join(data, 'mosquitto.conf');
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location ${data}/
autosave_on_changes false
autosave_interval 1
max_queued_messages 100000
${more}`,
  );
  return spawn(program, ['-c', config], { stdio: 'ignore' });
}
