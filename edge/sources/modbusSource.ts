import ModbusRTU from 'modbus-serial';
import type { Logger } from 'pino';
import type { EdgeConfig, ModbusSourceConfig } from '../config.ts';
import { checkScalar } from './decode.ts';
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
 * answer. A request that the device refuses counts against its own points and stops no other; a device that is away, or
 * does not answer, is connected to again.
 */
export class ModbusSource implements Source {
  state: Source['state'] = 'stopped';
  readonly #config: ModbusSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #groups: PollingGroup[];
  /** What the device last refused, so that each is said once. */
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
      try {
        await this.#connect();
        while (this.state === 'connected') await this.#pollDue(sink);
      } catch (error) {
        if (this.#stopped) return;
        this.state = 'connecting';
        this.#log.warn({ host: this.#config.host, error: messageOf(error) }, 'source failed: trying again');
        this.#client?.destroy(() => undefined);
        await this.#sleep(RETRY_MS);
      }
    }
  }

  async #connect(): Promise<void> {
    const { host, port, timeoutMs } = this.#config;
    const client = new ModbusRTU();
    this.#client = client;
    // An error between two requests shows at the next one.
    client.on('error', (error: unknown) => this.#log.debug({ error: messageOf(error) }, 'connection failed'));
    await client.connectTCP(host, { port, timeout: timeoutMs });
    client.setTimeout(timeoutMs);
    if (this.#stopped) return;
    this.state = 'connected';
    this.#log.info({ host, port }, 'source connected');
  }

  /** The groups that are due, then a rest until the next is. A group that is behind leaves out what it missed. */
  async #pollDue(sink: Sink): Promise<void> {
    for (const group of this.#groups) {
      // By a clock that nobody sets.
      const nowMs = performance.now();
      if (group.dueMs > nowMs) continue;
      group.dueMs += group.intervalMs;
      if (group.dueMs <= nowMs) group.dueMs = nowMs + group.intervalMs;
      for (const read of group.reads) {
        await this.#woken((resume) => sink.whenReady(resume));
        if (this.state !== 'connected') return;
        await this.#read(group.unitId, read, sink);
      }
    }
    const next = Math.min(...this.#groups.map((g) => g.dueMs));
    await this.#sleep(Math.max(0, next - performance.now()));
  }

  async #read(unitId: number, read: ModbusRead, sink: Sink): Promise<void> {
    const client = this.#client as ModbusRTU;
    client.setID(unitId);
    let answer: { buffer: Uint8Array };
    try {
      answer = await (read.table === 'holding'
        ? client.readHoldingRegisters(read.address, read.count)
        : client.readInputRegisters(read.address, read.count));
    } catch (error) {
      for (const { asset, point } of read.values)
        sink.accept({ ok: false, rejection: 'bad_quality', point: { asset, point } }, null);
      // An exception is the device's answer; anything else means that there was none.
      if ((error as { modbusCode?: number }).modbusCode === undefined) throw error;
      if (!this.#refused.has(read)) {
        const { table, address, count } = read;
        this.#log.error({ unitId, table, address, count, error: messageOf(error) }, 'the device refused a read');
      }
      this.#refused.add(read);
      return;
    }
    this.#refused.delete(read);
    const limits = { nowMs: this.#now(), maxFutureMs: this.#limits.maxFutureMs };
    for (const value of read.values) {
      const { asset, point } = value;
      const decoded = checkScalar(value, decodeRegister(value, read, answer.buffer), undefined, limits);
      sink.accept(decoded.ok ? decoded : { ...decoded, point: { asset, point } }, null);
    }
  }

  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.#woken((resume) => {
      timer = setTimeout(resume, ms);
    });
    clearTimeout(timer);
  }

  /** Waits for something, or for the end. */
  async #woken(wait: (resume: () => void) => void): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resume) => {
      this.#wake = resume;
      wait(resume);
    });
    this.#wake = null;
  }
}

function messageOf(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
