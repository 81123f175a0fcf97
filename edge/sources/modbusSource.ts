import ModbusRTU from 'modbus-serial';
import type { Logger } from 'pino';
import type { EdgeConfig } from '../config.ts';
import { checkScalar, refuse } from './decoded.ts';
import type { ModbusSourceConfig } from './modbusConfig.ts';
import { bytesOf, decodeRegister, type ModbusRead, planReads, splitRead } from './modbusRegisters.ts';
import type { Sink, Source, SourceFault } from './source.ts';

const RETRY_MS = 2000;

/** Modbus Application Protocol 1.1b3, 7. */
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const EXCEPTIONS: Record<number, string> = {
  1: 'illegal_function',
  [ILLEGAL_ADDRESS]: 'illegal_data_address',
  [ILLEGAL_VALUE]: 'illegal_data_value',
  4: 'server_device_failure',
  5: 'acknowledge',
  6: 'server_device_busy',
  8: 'memory_parity_error',
  10: 'gateway_path_unavailable',
  11: 'gateway_target_failed_to_respond',
};

interface PollingGroup {
  intervalMs: number;
  unitId: number;
  reads: ModbusRead[];
  dueMs: number;
}

/**
 * Polls the registers of Modbus devices behind one address or serial line, one request after the other. Modbus has no
 * times: a value has that of its answer. A request that a device refuses, or does not answer, counts against its own points
 * and stops no other; where nothing answers, the connection is made anew.
 */
export class ModbusSource implements Source {
  state: Source['state'] = 'stopped';
  readonly #config: ModbusSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #groups: PollingGroup[];
  /** Reads that had no good answer the last time: each is logged once, and a fault while it lasts. */
  readonly #refused = new Map<ModbusRead, SourceFault[]>();
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
      reads: planReads(registers, config.maxRegisters),
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

  get faults(): readonly SourceFault[] {
    return [...this.#refused.values()].flat();
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
        this.#log.warn({ ...this.#peer, error: messageOf(error) }, 'source failed: trying again');
        this.#client?.destroy(() => undefined);
        // A device may close an idle connection.
        if (!answered) await this.#sleep(RETRY_MS);
      }
    }
  }

  async #connect(): Promise<void> {
    const { timeoutMs } = this.#config;
    const client = new ModbusRTU();
    this.#client = client;
    // An error between two requests shows at the next one.
    client.on('error', (error: unknown) => this.#log.debug({ error: messageOf(error) }, 'connection failed'));
    client.setTimeout(timeoutMs);
    await this.#woken((resume, fail) => this.#open(client).then(resume, fail));
    if (this.#stopped) {
      client.destroy(() => undefined);
      return;
    }
    this.state = 'connected';
    this.#log.info(this.#peer, 'source connected');
  }

  get #peer(): object {
    const { transport, host, port, serial } = this.#config;
    return transport === 'serial' ? { path: serial?.path } : { host, port };
  }

  #open(client: ModbusRTU): Promise<void> {
    const { transport, host = '', port, serial, timeoutMs: timeout } = this.#config;
    switch (transport) {
      case 'tcp':
        return client.connectTCP(host, { port, timeout });
      case 'rtu_over_tcp':
        // The library's own "TcpRTU" adds a TCP header; this one sends RTU frames as they are.
        return client.connectTelnet(host, { port });
      case 'serial': {
        const { path = '', ...line } = serial ?? {};
        return client.connectRTUBuffered(path, line);
      }
    }
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
        if (await this.#read(group, read, sink)) answered++;
      }
    }
    // Behind a gateway one unit may be dead; where none answers, it is the connection.
    if (asked > 0 && answered === 0) throw new Error('nothing answered');
    const next = Math.min(...this.#groups.map((g) => g.dueMs));
    await this.#sleep(Math.max(0, next - performance.now()));
    return answered > 0;
  }

  /** Whether the device answered, be it with a refusal. */
  async #read(group: PollingGroup, read: ModbusRead, sink: Sink): Promise<boolean> {
    const client = this.#client as ModbusRTU;
    client.setID(group.unitId);
    let bytes: Uint8Array | null = null;
    try {
      await this.#woken((resume, fail) => {
        request(client, read)
          .then(({ buffer }) => {
            if (buffer.length < bytesOf(read)) throw new Error(`${buffer.length} bytes for a count of ${read.count}`);
            bytes = buffer;
            resume();
          })
          .catch(fail);
      });
    } catch (error) {
      this.#refuse(group, read, error, sink);
      // An exception is the device's answer; anything else means that there was none.
      return codeOf(error) !== undefined;
    }
    if (bytes === null) return false;
    this.#refused.delete(read);
    const limits = { nowMs: this.#now(), maxFutureMs: this.#limits.maxFutureMs };
    for (const value of read.values) {
      const { asset, point } = value;
      const number = decodeRegister(value, read, bytes);
      const decoded = typeof number === 'string' ? refuse(number) : checkScalar(value, number, undefined, limits);
      sink.accept(decoded.ok ? decoded : { ...decoded, point: { asset, point } }, null);
    }
    return true;
  }

  /** One register that a device lacks spoils a request for many: that is sent in halves from now on. */
  #refuse(group: PollingGroup, read: ModbusRead, error: unknown, sink: Sink): void {
    const code = codeOf(error);
    if ((code === ILLEGAL_ADDRESS || code === ILLEGAL_VALUE) && read.values.length > 1) {
      group.reads = group.reads.flatMap((one) => (one === read ? splitRead(read) : [one]));
      this.#refused.delete(read);
    }
    for (const { asset, point } of read.values)
      sink.accept({ ok: false, rejection: 'bad_quality', point: { asset, point } }, null);
    if (this.#refused.has(read) || !group.reads.includes(read)) return;
    const { unitId } = group;
    const { table, address, count } = read;
    const reason = code === undefined ? 'no_answer' : (EXCEPTIONS[code] ?? `exception_${code}`);
    const detail = `unit ${unitId}, ${table}, address ${address} from 0, count ${count}: ${messageOf(error)}`;
    this.#refused.set(
      read,
      read.values.map(({ asset, point }) => ({ asset, point, reason, detail })),
    );
    this.#log.error(
      { unitId, table, address, count, reason, error: messageOf(error) },
      'a read was refused, or not answered',
    );
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

/** Of the four tables; the answer's buffer holds registers big-endian, or bits, the first the lowest of its byte. */
function request(client: ModbusRTU, { table, address, count }: ModbusRead): Promise<{ buffer: Buffer }> {
  switch (table) {
    case 'holding':
      return client.readHoldingRegisters(address, count);
    case 'input':
      return client.readInputRegisters(address, count);
    case 'coil':
      return client.readCoils(address, count);
    case 'discrete':
      return client.readDiscreteInputs(address, count);
  }
}

/** Of an exception that a device answered; undefined where there was no answer. */
const codeOf = (error: unknown) => (error as { modbusCode?: number }).modbusCode;

function messageOf(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
