import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { PEER_READY, type PeerAlert, peerAlertSchema, peerTopics } from '../peers/peerMessage.ts';
import { PEER_RULES } from '../peers/peerRule.ts';
import type { Scenario } from '../scenario.ts';
import { assetsOf } from '../scenarioAssets.ts';
import type { PeerReport } from './peerScore.ts';

/** A product that receives the same device data: a shipped one by its rule, or a command line of another. */
export interface Peer {
  name: string;
  /** With optional {mqtt}, {plant} and {name}; null: the shipped one of that name. */
  commandLine: string | null;
}

/** The peers given on a command line, or the error in it. */
export function peersOf(texts: readonly string[], { transport }: Pick<Scenario, 'transport'>): Peer[] | string {
  if (texts.length > 0 && transport !== 'mqtt') return `--peer needs transport: mqtt; this plant speaks ${transport}`;
  const peers: Peer[] = [];
  for (const text of texts) {
    const peer = parsePeer(text);
    if (!peer) return `--peer ${text}: one of ${PEER_RULES.join(', ')}, or NAME=COMMAND`;
    if (peers.some(({ name }) => name === peer.name)) return `--peer ${text}: a name of its own for each`;
    peers.push(peer);
  }
  return peers;
}

function parsePeer(text: string): Peer | null {
  if ((PEER_RULES as readonly string[]).includes(text)) return { name: text, commandLine: null };
  const [, name, commandLine] = /^([a-z0-9-]{1,40})=(.+)$/s.exec(text) ?? [];
  return name === undefined ? null : { name, commandLine };
}

export interface PeersOptions {
  /** The built command, for the shipped ones. */
  command: string;
  directory: string;
  mqttUrl: string;
  signal: AbortSignal;
}

const READY_MS = 30_000;
const STOP_MS = 3000;

/** Products next to Millwright, each in its own process, and the alerts that they report. */
export class Peers {
  readonly #alerts = new Map<string, PeerAlert[]>();
  /** Invalid messages on alert topics, by name. */
  readonly #unreadable = new Map<string, number>();
  readonly #ready = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #children: ChildProcess[] = [];
  readonly #client: MqttClient;
  #stopping = false;

  private constructor(client: MqttClient, peers: readonly Peer[]) {
    this.#client = client;
    for (const { name } of peers) this.#alerts.set(name, []);
    client.on('message', (topic, payload) => this.#receive(topic, payload.toString()));
  }

  /** Resolves when all of them listen. @throws Error if one does not. */
  static async start(peers: readonly Peer[], scenario: Scenario, options: PeersOptions): Promise<Peers> {
    const started = new Peers(await mqtt.connectAsync(options.mqttUrl), peers);
    try {
      for (const topic of peers.flatMap(({ name }) => Object.values(peerTopics(name))))
        await started.#client.subscribeAsync(topic, { qos: 1 });
      const plant = join(options.directory, 'plant.json');
      writeFileSync(plant, JSON.stringify({ assets: assetsOf(scenario) }, null, 2));
      for (const peer of peers) started.#spawn(peer, plant, options);
      await started.#untilReady(peers, options);
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** Reports of all peers. One that ended by itself missed part of the run. */
  reports(): PeerReport[] {
    return [...this.#alerts].map(([name, alerts]) => ({
      name,
      alerts,
      unreadable: this.#unreadable.get(name) ?? 0,
      ended: this.#ended.has(name),
    }));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#children.map(stopGroup));
    await this.#client.endAsync(true);
  }

  #receive(topic: string, payload: string): void {
    const [, name] = topic.split('/');
    if (topic === peerTopics(name).status) {
      if (payload === PEER_READY) this.#ready.add(name);
      return;
    }
    const parsed = peerAlertSchema.safeParse(jsonOf(payload));
    if (parsed.success) this.#alerts.get(name)?.push(parsed.data);
    else this.#unreadable.set(name, (this.#unreadable.get(name) ?? 0) + 1);
  }

  #spawn({ name, commandLine }: Peer, plant: string, { command, directory, mqttUrl }: PeersOptions): void {
    // A process group of its own: a shell does not forward signals to its children.
    const shipped = [process.execPath, command, 'peer', name, '--mqtt', mqttUrl, '--plant', plant];
    const [file, ...args] = commandLine === null ? shipped : [filled(commandLine, { mqtt: mqttUrl, plant, name })];
    const log = openSync(join(directory, 'logs', `peer-${name}.log`), 'a');
    // A channel that closes when the score process ends, so that a shipped peer ends, too.
    const stdio: StdioOptions = commandLine === null ? ['ignore', log, log, 'ipc'] : ['ignore', log, log];
    const child = spawn(file, args, { stdio, detached: true, shell: commandLine !== null });
    closeSync(log);
    child.once('exit', () => {
      if (!this.#stopping) this.#ended.add(name);
    });
    this.#children.push(child);
  }

  async #untilReady(peers: readonly Peer[], { directory, signal }: PeersOptions): Promise<void> {
    const endMs = Date.now() + READY_MS;
    for (const { name } of peers) {
      while (!this.#ready.has(name)) {
        if (signal.aborted) throw new Error('stopped before it began');
        if (this.#ended.has(name) || Date.now() > endMs) {
          const log = join(directory, 'logs', `peer-${name}.log`);
          throw new Error(
            `peer ${name} did not publish "${PEER_READY}" on ${peerTopics(name).status}; its log: ${log}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

function filled(commandLine: string, values: Record<string, string>): string {
  return commandLine.replace(/\{(mqtt|plant|name)\}/g, (_, key: string) => values[key]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-pid, 'SIGTERM');
  const kill = setTimeout(() => process.kill(-pid, 'SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(kill);
}
