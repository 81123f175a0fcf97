import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Shell } from '#models/configuration/shell.ts';
import type { EdgeConfig } from '../config.ts';
import { type RunningEdge, startEdge } from '../main.ts';
import { brokerOf, collectMessages } from '../sources/listen.ts';
import { Samples } from '../sources/mappingText.ts';
import { opcuaSourceSchema } from '../sources/opcua/opcuaConfig.ts';
import { discover } from './discover.ts';
import { SetupError } from './editConfig.ts';
import { Setup } from './setup.ts';
import { serveSetup } from './setupServer.ts';

const MAX_VARIABLES = 500;
const ROOT = 'ns=0;i=85';
const ANSWER_MS = 5000;

/**
 * Serves the set-up of an edge until stopped; once started, the edge runs in this process.
 * @param load the stored configuration, with the files that it names.
 * @throws if the file is not YAML or the port is in use.
 */
export async function runSetup(
  file: string,
  port: number,
  shell: Shell,
  load: () => Promise<EdgeConfig>,
): Promise<void> {
  const runner = new EdgeRunner(file, shell.version, load);
  const setup = new Setup({
    read: () => stored(file),
    start: (text) => runner.start(text),
    listen: async (broker, filter, seconds) => {
      const checked = brokerOf(broker.url);
      if (checked === null) throw new SetupError(`${broker.url}: an address such as mqtt://host:1883 is needed`);
      const samples = new Samples();
      const take = (message: Parameters<Samples['take']>[0]) => samples.take(message);
      await collectMessages({ ...checked, ...broker }, [filter], 1000 * seconds, shell.stopSignal(), take);
      if (samples.size === 0) throw new SetupError(`${broker.url}: no message on ${filter} in ${seconds} s`);
      return discover(samples, Date.now());
    },
    browse: async (endpoint, settings) => {
      const nodes = [{ nodeId: ROOT, asset: 'unused', point: 'unused' }];
      const source = opcuaSourceSchema.safeParse({ ...settings, type: 'opcua', endpoint, nodes });
      if (!source.success) throw new SetupError(`${endpoint}: an address such as opc.tcp://host:4840 is needed`);
      const { browse } = await import('../sources/opcua/browse.ts');
      const { dataDirectory } = setup.basics;
      if (dataDirectory === '')
        throw new SetupError('enter the data directory first: it holds the certificates of the edge');
      const variables = await browse(source.data, dataDirectory, ROOT, MAX_VARIABLES);
      // Variables of the standard namespace describe the server, not a machine.
      return variables.filter(({ nodeId }) => !/^(ns=0;)?i=/.test(nodeId));
    },
  });
  const { url, server } = await serveSetup(setup, { file, port, status: () => runner.status() });
  shell.info(`Set-up of ${file}: ${url}`);
  await shell.runUntilStopped({
    async stop() {
      server.closeAllConnections();
      server.close();
      await runner.stop();
    },
  });
}

const stored = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** The edge of a set-up: it starts with the stored configuration, and falls back to the previous one if that fails. */
class EdgeRunner {
  readonly #file: string;
  readonly #version: string;
  readonly #load: () => Promise<EdgeConfig>;
  #edge: RunningEdge | null = null;

  constructor(file: string, version: string, load: () => Promise<EdgeConfig>) {
    this.#file = file;
    this.#version = version;
    this.#load = load;
  }

  /** @throws Error if the edge does not start; the previous configuration is then restored. */
  async start(text: string): Promise<void> {
    const before = stored(this.#file);
    const wasRunning = this.#edge !== null;
    this.#store(text);
    try {
      await this.#restart();
    } catch (error) {
      this.#store(before);
      if (wasRunning) await this.#restart();
      const reason = error instanceof Error ? error.message : String(error);
      throw new SetupError(`the edge did not start, and the configuration is as it was before: ${reason}`);
    }
  }

  async stop(): Promise<void> {
    await this.#edge?.stop();
    this.#edge = null;
  }

  /** The edge's status, one line each. */
  async status(): Promise<string[]> {
    if (this.#edge === null) return ['it does not run'];
    const config = await this.#load();
    const token = config.http.tokenFile === undefined ? undefined : readFileSync(config.http.tokenFile, 'utf8').trim();
    const answer = await fetch(`http://127.0.0.1:${this.#edge.httpPort}/healthz`, {
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return statusLines((await answer.json()) as EdgeStatus);
  }

  async #restart(): Promise<void> {
    const config = await this.#load();
    await this.stop();
    this.#edge = await startEdge(config, this.#version);
  }

  /** Writes atomically; an empty text removes the file. */
  #store(text: string): void {
    if (text === '') {
      rmSync(this.#file, { force: true });
      return;
    }
    writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** The part of an edge's health that the set-up shows. */
export interface EdgeStatus {
  ok: boolean;
  sources: string[];
  uplink: boolean;
  faults: { asset: string; point: string; detail: string }[];
  refusedSubscriptions: { subscription: string; lastRefusal?: string | null }[];
}

/** Health of an edge, one line each. Pure. */
export function statusLines({ ok, sources, uplink, faults, refusedSubscriptions }: EdgeStatus): string[] {
  return [
    ok ? 'All sources deliver.' : 'Not all sources deliver.',
    ...sources.map((state, i) => `Source ${i + 1}: ${state}`),
    uplink ? "The gateway's broker is connected." : "The gateway's broker is not connected: messages wait.",
    ...faults.map((f) => `${f.asset} ${f.point}: ${f.detail}`),
    ...refusedSubscriptions.map((s) => `${s.subscription}: every message was refused`),
  ];
}
