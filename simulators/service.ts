import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ServiceOptions {
  /** The built command, started again for each service. */
  command: string;
  /** Its log goes into a subfolder. */
  dataDirectory: string;
  info: (line: string) => void;
}

const RESTART_MS = 2000;
const STOP_MS = 8000;
const LAST_LINES = 8;

/** A child process: started, restarted when it dies, stopped. */
export class Service {
  readonly dataDirectory: string;
  readonly #name: string;
  readonly #args: string[];
  readonly #options: ServiceOptions;
  #child: ChildProcess;
  #stopping = false;
  #restart: NodeJS.Timeout | null = null;
  /** Unexpected exits. */
  crashes = 0;

  constructor(name: string, args: string[], options: ServiceOptions) {
    this.dataDirectory = options.dataDirectory;
    this.#name = name;
    this.#args = args;
    this.#options = options;
    this.#child = this.#spawn();
  }

  get logFile(): string {
    return join(this.dataDirectory, 'logs', `${this.#name}.log`);
  }

  /** The end of its log. */
  logTail(): string {
    return readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-LAST_LINES).join('\n');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#child;
    if (hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(kill);
  }

  /** kill -9, and a restart after `downMs`. */
  async kill(downMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#child;
    if (!hasEnded(child)) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.#stopping = false;
    this.#child = this.#spawn();
  }

  #spawn(): ChildProcess {
    const log = createWriteStream(this.logFile, { flags: 'a' });
    // Its own process group, so that Ctrl-C reaches only the parent, which stops its children in order; and a channel
    // that closes for the child when the parent ends.
    const child = spawn(process.execPath, [this.#options.command, ...this.#args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
    });
    child.stderr?.pipe(log);
    child.once('exit', (code) => {
      if (this.#stopping) return;
      this.crashes++;
      this.#options.info(`${this.#name} ended unexpectedly (${code}); see ${this.logFile}. Starting it again.`);
      this.#restart = setTimeout(() => {
        if (!this.#stopping) this.#child = this.#spawn();
      }, RESTART_MS);
    });
    return child;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
