import ModbusRTU from 'modbus-serial';
import type { Logger } from 'pino';
import type { EdgeConfig } from '../config.ts';
import { checkScalar } from './decoded.ts';
import type { ModbusSourceConfig } from './modbusConfig.ts';
import { decodeRegister, type ModbusRead, planReads } from './modbusRegisters.ts';
import type { Sink, Source } from './source.ts';

const RETRY_MS = 2000;

interface PollingGroup {
  intervalMs: number;
  unitId: number;
  reads: ModbusRead[];
  dueMs: number;
}

/**
 * Polls the registers of a Modbus TCP device, one request after the other. Modbus has no times: a value has that of its
 * answer. A request that the device refuses, or does not answer, counts against its own points and stops no other; where
 * nothing answers, it is connected to again.
 */
export class ModbusSource implements Source {
  state: Source['state'] = 'stopped';
  readonly #config: ModbusSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #groups: PollingGroup[];
  /** Reads that had no good answer the last time, so that each is said once. */
  readonly #refused = new Set<ModbusRead>();
  #client: ModbusRTU | null = null;
  #loop: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(config: ModbusSourceConfig, limits: EdgeConfig['limits'], now: () => number, log: Logger) {
    this.#config = config;
    this.#limits = limits;
    this.#now = now;
    this.#log = log;
    this.#groups = config.groups.map(({ intervalMs, unitId, registers }) => ({
      intervalMs,
      unitId,
      reads: planReads(registers),
      dueMs: 0,
    }));
  }

  async start(sink: Sink): Promise<void> {
    this.state = 'connecting';
    this.#loop = this.#run(sink);
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    this.#wake?.();
    this.#client?.close(() => undefined);
    await this.#loop;
  }

  get #stopped(): boolean {
    return this.state === 'stopped';
  }

  async #run(sink: Sink): Promise<void> {
    while (!this.#stopped) {
      let answered = false;
      try {
        await this.#connect();
        while (this.state === 'connected') answered = (await this.#pollDue(sink)) || answered;
      } catch (error) {
        if (this.#stopped) return;
        this.state = 'connecting';
        this.#log.warn({ host: this.#config.host, error: messageOf(error) }, 'source failed: trying again');
        this.#client?.destroy(() => undefined);
        // A device that closes an idle connection has done no wrong.
        if (!answered) await this.#sleep(RETRY_MS);
      }
    }
  }

  async #connect(): Promise<void> {
    const { host, port, timeoutMs } = this.#config;
    const client = new ModbusRTU();
    this.#client = client;
    // An error between two requests shows at the next one.
    client.on('error', (error: unknown) => this.#log.debug({ error: messageOf(error) }, 'connection failed'));
    await this.#woken((resume, fail) => client.connectTCP(host, { port, timeout: timeoutMs }).then(resume, fail));
    client.setTimeout(timeoutMs);
    if (this.#stopped) {
      client.destroy(() => undefined);
      return;
    }
    this.state = 'connected';
    this.#log.info({ host, port }, 'source connected');
  }

  /** The groups that are due, then a rest until the next is; whether anything answered. A group that is behind leaves out what it missed. */
  async #pollDue(sink: Sink): Promise<boolean> {
    let asked = 0;
    let answered = 0;
    for (const group of this.#groups) {
      // By a clock that nobody sets.
      const nowMs = performance.now();
      if (group.dueMs > nowMs) continue;
      if (!this.#client?.isOpen) throw new Error('the device closed the connection');
      group.dueMs += group.intervalMs;
      if (group.dueMs <= nowMs) group.dueMs = nowMs + group.intervalMs;
      for (const read of group.reads) {
        await this.#woken((resume) => sink.whenReady(resume));
        if (this.state !== 'connected') return answered > 0;
        asked++;
        if (await this.#read(group.unitId, read, sink)) answered++;
      }
    }
    // Behind a gateway one unit may be dead; where none answers, it is the connection.
    if (asked > 0 && answered === 0) throw new Error('nothing answered');
    const next = Math.min(...this.#groups.map((g) => g.dueMs));
    await this.#sleep(Math.max(0, next - performance.now()));
    return answered > 0;
  }

  /** Whether the device answered, be it with a refusal. */
  async #read(unitId: number, read: ModbusRead, sink: Sink): Promise<boolean> {
    const client = this.#client as ModbusRTU;
    client.setID(unitId);
    let bytes: Uint8Array | null = null;
    try {
      await this.#woken((resume, fail) => {
        const asked =
          read.table === 'holding'
            ? client.readHoldingRegisters(read.address, read.count)
            : client.readInputRegisters(read.address, read.count);
        asked
          .then(({ buffer }) => {
            if (buffer.length !== 2 * read.count) throw new Error(`${buffer.length} bytes for ${read.count} registers`);
            bytes = buffer;
            resume();
          })
          .catch(fail);
      });
    } catch (error) {
      this.#refuse(unitId, read, error, sink);
      // An exception is the device's answer; anything else means that there was none.
      return (error as { modbusCode?: number }).modbusCode !== undefined;
    }
    if (bytes === null) return false;
    this.#refused.delete(read);
    const limits = { nowMs: this.#now(), maxFutureMs: this.#limits.maxFutureMs };
    for (const value of read.values) {
      const { asset, point } = value;
      const decoded = checkScalar(value, decodeRegister(value, read, bytes), undefined, limits);
      sink.accept(decoded.ok ? decoded : { ...decoded, point: { asset, point } }, null);
    }
    return true;
  }

  #refuse(unitId: number, read: ModbusRead, error: unknown, sink: Sink): void {
    for (const { asset, point } of read.values)
      sink.accept({ ok: false, rejection: 'bad_quality', point: { asset, point } }, null);
    if (this.#refused.has(read)) return;
    this.#refused.add(read);
    const { table, address, count } = read;
    this.#log.error({ unitId, table, address, count, error: messageOf(error) }, 'a read was refused, or not answered');
  }

  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.#woken((resume) => {
      timer = setTimeout(resume, ms);
    });
    clearTimeout(timer);
  }

  /** Waits for something, or for the end. */
  async #woken(wait: (resume: () => void, fail: (error: unknown) => void) => void): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resume, fail) => {
      this.#wake = resume;
      wait(resume, fail);
    });
    this.#wake = null;
  }
}

function messageOf(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
