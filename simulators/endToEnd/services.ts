import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { LedgerView } from '#models/contracts/api.ts';
import { freePort } from '../freePort.ts';
import { Restartable } from './servers.ts';

/** The built command, as a user runs it. */
export const COMMAND = fileURLToPath(new URL('../../dist/millwright.js', import.meta.url));

/** Starts a subcommand; its log goes to its own file in `directory`. */
export function startMillwright(directory: string, name: string, args: string[], env: Record<string, string> = {}) {
  mkdirSync(directory, { recursive: true });
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const log = createWriteStream(join(directory, `${name}.log`), { flags: 'a' });
  child.stderr.pipe(log);
  return child;
}

/** Runs a subcommand to its end; returns its stdout. @throws Error with its log if it fails. */
export async function runMillwright(directory: string, name: string, args: string[]): Promise<string> {
  const { code, text } = await ran(directory, name, args);
  if (code !== 0)
    throw new Error(`${name} ended with ${code}: ${readFileSync(join(directory, `${name}.log`), 'utf8')}`);
  return text;
}

/** The same for a subcommand that may exit with 1: a negative result. */
export async function printed(directory: string, name: string, args: string[]): Promise<string> {
  const { code, text } = await ran(directory, name, args);
  if (code !== 0 && (code !== 1 || text === ''))
    throw new Error(`${name} ended with ${code}: ${readFileSync(join(directory, `${name}.log`), 'utf8')}`);
  return text;
}

async function ran(directory: string, name: string, args: string[]): Promise<{ code: number | null; text: string }> {
  const child = startMillwright(directory, name, args);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, text };
}

export class Gateway {
  readonly process: Restartable;
  readonly url: string;

  private constructor(process: Restartable, url: string) {
    this.process = process;
    this.url = url;
  }

  static async start(directory: string, brokerUrl: string, settings: object = {}): Promise<Gateway> {
    const port = await freePort();
    const file = join(directory, 'gateway.yaml');
    const config = {
      dataDirectory: join(directory, 'gateway'),
      broker: { url: brokerUrl },
      api: { host: '127.0.0.1', port },
      ...settings,
    };
    writeFileSync(file, stringify(config));
    const url = `http://127.0.0.1:${port}`;
    const ready = () =>
      fetch(`${url}/healthz`).then(
        (r) => r.ok,
        () => false,
      );
    const start = () => startMillwright(directory, 'gateway', ['gateway', file]);
    return new Gateway(await new Restartable(start, ready).ready(), url);
  }

  async alerts(): Promise<AlertRecord[]> {
    return (await this.get('/api/v1/alerts?state=all')) as AlertRecord[];
  }

  async ledger(): Promise<LedgerView> {
    return (await this.get('/api/v1/ledger')) as LedgerView;
  }

  metrics(): Promise<Map<string, number>> {
    return metricsOf(`${this.url}/metrics`);
  }

  async get(path: string): Promise<unknown> {
    return this.#answer(path);
  }

  async post(path: string, body: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    return this.#answer(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #answer(path: string, init?: RequestInit): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}

export class Edge {
  readonly process: Restartable;
  readonly #url: string;

  private constructor(process: Restartable, url: string) {
    this.process = process;
    this.#url = url;
  }

  /** `readyStatus`: status of `/healthz` once it is up; 503 if its sources are still unavailable. */
  static async start(
    directory: string,
    brokerUrl: string,
    settings: object = {},
    readyStatus = 200,
    env: Record<string, string> = {},
  ): Promise<Edge> {
    const port = await freePort();
    const file = join(directory, 'edge.yaml');
    const config = {
      site: 'test',
      edge: 'edge-1',
      dataDirectory: join(directory, 'edge'),
      sources: [
        {
          type: 'mqtt',
          url: brokerUrl,
          subscriptions: [
            { topic: 'plant/{asset}/{point}/waveform', payload: { type: 'waveform', framing: 'header' } },
            { topic: 'plant/{asset}/{point}/value', payload: { type: 'scalar' } },
          ],
        },
      ],
      uplink: { url: brokerUrl },
      http: { host: '127.0.0.1', port },
      ledgerIntervalMs: 1000,
      ...settings,
    };
    writeFileSync(file, stringify(config));
    const url = `http://127.0.0.1:${port}`;
    const ready = () =>
      fetch(`${url}/healthz`).then(
        (r) => r.status === readyStatus,
        () => false,
      );
    const start = () => startMillwright(directory, 'edge', ['edge', file], env);
    return new Edge(await new Restartable(start, ready).ready(), url);
  }

  metrics(): Promise<Map<string, number>> {
    return metricsOf(`${this.#url}/metrics`);
  }
}

/** Samples of a Prometheus page by name with labels; empty without an answer. */
async function metricsOf(url: string): Promise<Map<string, number>> {
  const text = await fetch(url).then(
    (r) => r.text(),
    () => '',
  );
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}
