import type { ChildProcess } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { freePort, untilListens } from '../freePort.ts';
import { mosquittoFile, startMosquittoOn } from '../mosquitto.ts';

/** A broker that can be killed and restarts with its stored messages. */
export abstract class ScoredBroker {
  readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  abstract listen(): Promise<void>;
  /** Without disconnecting its clients. */
  abstract close(): Promise<void>;

  async kill(downMs: number): Promise<void> {
    await this.close();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.listen();
  }
}

/** Mosquitto if installed, otherwise a broker in this process; either is reported. */
export async function startScoredBroker(directory: string, info: (line: string) => void): Promise<ScoredBroker> {
  const installed = mosquittoFile() !== null;
  info(
    installed
      ? 'broker: mosquitto'
      : 'broker: in this process, for mosquitto is not installed; it keeps nothing, and no order after a lost connection',
  );
  const broker = installed ? new Mosquitto(await freePort(), directory) : new LocalBroker(await freePort());
  await broker.listen();
  return broker;
}

class Mosquitto extends ScoredBroker {
  readonly #directory: string;
  #child: ChildProcess | null = null;

  constructor(port: number, directory: string) {
    super(port);
    this.#directory = directory;
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async listen(): Promise<void> {
    this.#child = startMosquittoOn(this.port, this.#directory);
    await untilListens(this.port);
  }
}

class LocalBroker extends ScoredBroker {
  #aedes: Aedes | null = null;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();

  async close(): Promise<void> {
    const [aedes, server] = [this.#aedes, this.#server];
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
    if (aedes) await new Promise<void>((resolve) => aedes.close(resolve));
  }

  async listen(): Promise<void> {
    const aedes = await Aedes.createBroker();
    this.#aedes = aedes;
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
  }
}
