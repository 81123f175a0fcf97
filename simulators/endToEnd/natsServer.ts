import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../freePort.ts';
import { Restartable } from './servers.ts';

const PLACES = ['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'];
const place = PLACES.find((file) => existsSync(file));

/** Whether nats-server is installed; in CI a missing one is an error. */
export function hasNats(): boolean {
  if (place === undefined && process.env.CI)
    throw new Error('nats-server is not installed, and CI skips no test that needs it');
  return place !== undefined;
}

/** Whether nats-server accepts a configuration, and its output. */
export function checkNatsConfiguration(file: string, env: Record<string, string>): { isSound: boolean; text: string } {
  const { status, stdout, stderr } = spawnSync(place as string, ['-t', '-c', file], { env, encoding: 'utf8' });
  return { isSound: status === 0, text: stdout + stderr };
}

export interface NatsServer {
  /** For gateways. */
  url: string;
  /** For edges. */
  mqttUrl: string;
  process: Restartable;
}

/**
 * Debian's nats-server with JetStream and MQTT; several are a cluster. `more` goes into each configuration; the first
 * keeps its messages on `firstDisk`.
 */
export async function startNats(directory: string, count = 1, more = '', firstDisk = directory): Promise<NatsServer[]> {
  const ports: { client: number; mqtt: number; cluster: number; monitor: number }[] = [];
  for (let i = 0; i < count; i++)
    ports.push({
      client: await freePort(),
      mqtt: await freePort(),
      cluster: await freePort(),
      monitor: await freePort(),
    });
  const routes = ports.map(({ cluster }) => `nats://127.0.0.1:${cluster}`).join(', ');
  const servers = ports.map(({ client, mqtt, cluster, monitor }, i) => {
    const file = join(directory, `nats-${i}.conf`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      file,
      `server_name: n${i}
listen: 127.0.0.1:${client}
http: 127.0.0.1:${monitor}
max_payload: 4MB
jetstream { store_dir: "${join(i === 0 ? firstDisk : directory, `nats-${i}`)}" }
mqtt { listen: 127.0.0.1:${mqtt} }
${count === 1 ? '' : `cluster { name: plant, listen: 127.0.0.1:${cluster}, routes: [${routes}] }`}
${more}
`,
    );
    const start = () =>
      spawn(place as string, ['-c', file, '-l', join(directory, `nats-${i}.log`)], { stdio: 'ignore' });
    const healthy = () =>
      fetch(`http://127.0.0.1:${monitor}/healthz?js-server-only=true`).then(
        (r) => r.ok,
        () => false,
      );
    const process = new Restartable(start, healthy);
    return { url: `nats://127.0.0.1:${client}`, mqttUrl: `mqtt://127.0.0.1:${mqtt}`, process };
  });
  // A cluster is healthy once a majority is up: start all before waiting for any.
  await Promise.all(servers.map(({ process }) => process.ready()));
  return servers;
}
