import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listens } from '../freePort.ts';
import { startMosquittoOn } from '../mosquitto.ts';
import { until } from './until.ts';

export type ServerName =
  | 'mosquitto'
  | 'mosquitto_pub'
  | 'influxd'
  | 'victoria-metrics'
  | 'chromium'
  | 'faketime'
  | 'promtool';

const PATHS = ['/usr/sbin', '/usr/bin', '/usr/local/bin'];

/**
 * Whether a real server is installed. In CI a missing server is an error; elsewhere a test is skipped with
 * `test.skipIf(!installed(...))`, and `npm test` has listed the missing ones.
 */
export function installed(name: ServerName): boolean {
  const found = PATHS.some(
    (path) => spawnSync(join(path, name), ['--version'], { stdio: 'ignore' }).error === undefined,
  );
  if (!found && process.env.CI) throw new Error(`${name} is not installed, and CI skips no test that needs it`);
  return found;
}

/** A process that can be killed and restarted on the same files. */
export class Restartable {
  readonly #start: () => ChildProcess;
  readonly #ready: () => Promise<boolean>;
  #child: ChildProcess;

  constructor(start: () => ChildProcess, ready: () => Promise<boolean>) {
    this.#start = start;
    this.#ready = ready;
    this.#child = start();
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its port was free a moment ago; if it has been taken since, the process is restarted. */
  async ready(): Promise<this> {
    await until(async () => {
      if (!this.alive) this.#child = this.#start();
      return this.#ready();
    }, 30_000);
    return this;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.alive) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await ended;
  }

  /** Restarts it after its end, without waiting for it. */
  restart(): void {
    this.#child = this.#start();
  }

  /** kill -9 and an immediate restart. */
  async crash(): Promise<void> {
    await this.end('SIGKILL');
    this.#child = this.#start();
    await this.ready();
  }
}

export interface Broker {
  url: string;
  port: number;
  process: Restartable;
}

/** Debian's mosquitto, with sessions and queues on disk; `more` goes into its configuration. */
export async function startMosquitto(directory: string, more = ''): Promise<Broker> {
  const port = await freePort();
  const start = () => startMosquittoOn(port, directory, more);
  const process = await new Restartable(start, () => listens(port)).ready();
  return { url: `mqtt://127.0.0.1:${port}`, port, process };
}

export interface Influx {
  url: string;
  process: Restartable;
  /** The first series of an InfluxQL query, if any. */
  query(text: string): Promise<{ columns: string[]; values: unknown[][] }>;
}

/** Debian's InfluxDB 1.x. */
export async function startInflux(directory: string): Promise<Influx> {
  const port = await freePort();
  let rpc = port;
  while (rpc === port) rpc = await freePort();
  const data = join(directory, 'influxdb');
  mkdirSync(data, { recursive: true });
  const config = join(data, 'influxdb.conf');
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = "${data}/meta"
[data]
dir = "${data}/data"
wal-dir = "${data}/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[logging]
level = "error"
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const start = () => spawn(find('influxd'), ['-config', config], { stdio: 'ignore' });
  const process = await new Restartable(start, () =>
    fetch(`${url}/ping`).then(
      (r) => r.ok,
      () => false,
    ),
  ).ready();
  return {
    url,
    process,
    async query(text) {
      const answer = await fetch(`${url}/query?db=millwright&epoch=ms&q=${encodeURIComponent(text)}`);
      const { results } = (await answer.json()) as {
        results: { error?: string; series?: { columns: string[]; values: unknown[][] }[] }[];
      };
      if (results[0].error) throw new Error(`${text}: ${results[0].error}`);
      return results[0].series?.[0] ?? { columns: [], values: [] };
    },
  };
}

/** Debian's VictoriaMetrics, configured as in docs/guides/scale.md. */
export async function startVictoria(directory: string): Promise<{ url: string; process: Restartable }> {
  const port = await freePort();
  const options = [
    `-storageDataPath=${join(directory, 'victoria-metrics')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100y',
    '-dedup.minScrapeInterval=1ms',
    '-loggerLevel=ERROR',
  ];
  const url = `http://127.0.0.1:${port}`;
  const start = () => spawn(find('victoria-metrics'), options, { stdio: 'ignore' });
  const process = await new Restartable(start, () =>
    fetch(`${url}/health`).then(
      (r) => r.ok,
      () => false,
    ),
  ).ready();
  return { url, process };
}

function find(name: ServerName): string {
  const path = PATHS.map((p) => join(p, name)).find(
    (p) => spawnSync(p, ['--version'], { stdio: 'ignore' }).error === undefined,
  );
  if (!path) throw new Error(`${name} is not installed`);
  return path;
}
