import ModbusRTU from 'modbus-serial';
import type { Logger } from 'pino';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { EdgeConfig } from '../config.ts';
import { arrivalOf, checkScalar, type DecodeLimits, refuse } from './decoded.ts';
import type { ModbusRegisterConfig, ModbusSourceConfig } from './modbusConfig.ts';
import {
  decodeRegister,
  decodeScale,
  isScale,
  type ModbusRead,
  planReads,
  pointsOf,
  scaleKeyOf,
  splitRead,
  valuesOf,
} from './modbusRegisters.ts';
import {
  isAnswer,
  isOfAddress,
  type ModbusBlock,
  messageOf,
  openConnection,
  reasonOf,
  requestBytes,
} from './modbusRequest.ts';
import { ModbusWaveform } from './modbusWaveforms.ts';
import type { Sink, Source, SourceFault } from './source.ts';

const RETRY_MS = 2000;

interface PollingGroup {
  intervalMs: number;
  unitId: number;
  reads: ModbusRead[];
  waveforms: readonly ModbusWaveform[];
  dueMs: number;
}

/** Results of one poll of a group. */
interface Poll {
  group: PollingGroup;
  sink: Sink;
  /** By the register that holds it; a rejection if the device has none. */
  scales: Map<string, ReturnType<typeof decodeScale>>;
  /** Values that await their scale. */
  waiting: { value: ModbusRegisterConfig; read: ModbusRead; bytes: Uint8Array }[];
}

/**
 * Polls the registers of Modbus devices behind one address or serial line, one request after the other. Modbus has no
 * times: a value takes that of its reply. A request that a device refuses, or does not answer, counts against its own
 * points and stops no other; if nothing answers, the source reconnects.
 */
export class ModbusSource implements Source {
  state: Source['state'] = 'stopped';
  readonly #config: ModbusSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #groups: PollingGroup[];
  /** Reads that failed the last time: each is logged once, and is a fault while it lasts. */
  readonly #refused = new Map<ModbusRead | ModbusWaveform, SourceFault[]>();
  #client: ModbusRTU | null = null;
  #loop: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(config: ModbusSourceConfig, limits: EdgeConfig['limits'], now: () => number, log: Logger) {
    this.#config = config;
    this.#limits = limits;
    this.#now = now;
    this.#log = log;
    this.#groups = config.groups.map(({ intervalMs, unitId, registers, waveforms }) => ({
      intervalMs,
      unitId,
      reads: planReads(valuesOf(registers), config.maxRegisters),
      waveforms: waveforms.map((waveform) => new ModbusWaveform(waveform, config.maxRegisters)),
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
    // An error between two requests appears at the next one.
    client.on('error', (error: unknown) => this.#log.debug({ error: messageOf(error) }, 'connection failed'));
    client.setTimeout(timeoutMs);
    await this.#woken((resume, fail) => openConnection(client, this.#config).then(resume, fail));
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

  /**
   * Polls the due groups, then sleeps until the next is due. A group that is behind skips missed polls.
   * @returns whether anything answered.
   */
  async #pollDue(sink: Sink): Promise<boolean> {
    let requested = 0;
    let answered = 0;
    for (const group of this.#groups) {
      // A monotonic clock.
      const nowMs = performance.now();
      if (group.dueMs > nowMs) continue;
      if (!this.#client?.isOpen) throw new Error('the device closed the connection');
      group.dueMs += group.intervalMs;
      if (group.dueMs <= nowMs) group.dueMs = nowMs + group.intervalMs;
      const poll: Poll = { group, sink, scales: new Map(), waiting: [] };
      for (const one of [...group.reads, ...group.waveforms]) {
        await this.#woken((resume) => sink.whenReady(resume));
        if (this.state !== 'connected') return answered > 0;
        requested++;
        const isAnswered = one instanceof ModbusWaveform ? this.#readWaveform(poll, one) : this.#read(poll, one);
        if (await isAnswered) answered++;
      }
      this.#acceptWaiting(poll);
    }
    // Behind a gateway one unit may be dead; if none answers, it is the connection.
    if (requested > 0 && answered === 0) throw new Error('nothing answered');
    const next = Math.min(...this.#groups.map((g) => g.dueMs));
    await this.#sleep(Math.max(0, next - performance.now()));
    return answered > 0;
  }

  /** Whether the device answered, if only with a refusal. */
  async #read(poll: Poll, read: ModbusRead): Promise<boolean> {
    let bytes: Uint8Array | null;
    try {
      bytes = await this.#bytes(poll.group.unitId, read);
    } catch (error) {
      this.#refuse(poll, read, error);
      return isAnswer(error);
    }
    if (bytes === null) return false;
    this.#refused.delete(read);
    for (const value of read.values) {
      if (isScale(value)) poll.scales.set(scaleKeyOf(value.scale), decodeScale(value.scale, read, bytes));
      else if (value.scaleFrom !== undefined) poll.waiting.push({ value, read, bytes });
      else this.#accept(poll.sink, value, decodeRegister(value, read, bytes));
    }
    return true;
  }

  /** Bytes of registers; null once the source was stopped. @throws the device's or library's errors. */
  async #bytes(unitId: number, block: ModbusBlock): Promise<Uint8Array | null> {
    const client = this.#client as ModbusRTU;
    client.setID(unitId);
    let bytes: Uint8Array | null = null;
    await this.#woken((resume, fail) => {
      requestBytes(client, block)
        .then((read) => {
          bytes = read;
          resume();
        })
        .catch(fail);
    });
    return bytes;
  }

  /** Accepts or rejects values by the outcome of their scale register. */
  #acceptWaiting({ scales, waiting, sink }: Poll): void {
    for (const { value, read, bytes } of waiting) {
      const scaled = value.scaleFrom && scales.get(scaleKeyOf(value.scaleFrom));
      if (scaled === undefined) continue;
      this.#accept(sink, value, typeof scaled === 'string' ? scaled : decodeRegister(value, read, bytes, scaled));
    }
  }

  #accept(sink: Sink, { asset, point }: ModbusRegisterConfig, number: number | Rejection): void {
    const decoded =
      typeof number === 'string'
        ? refuse(number)
        : checkScalar({ asset, point }, number, undefined, this.#decodeLimits);
    sink.accept(arrivalOf({ asset, point }, decoded), null);
  }

  get #decodeLimits(): DecodeLimits {
    return { nowMs: this.#now(), maxFutureMs: this.#limits.maxFutureMs };
  }

  /** Whether the device answered. */
  async #readWaveform({ group, sink }: Poll, waveform: ModbusWaveform): Promise<boolean> {
    const { asset, point } = waveform.config;
    const read = async (block: ModbusBlock) => {
      const bytes = await this.#bytes(group.unitId, block);
      if (bytes === null) throw new Error('the source was stopped');
      return bytes;
    };
    try {
      const decoded = await waveform.poll(read, () => this.#decodeLimits);
      this.#refused.delete(waveform);
      if (decoded?.ok === false && decoded.rejection === 'missing_chunk')
        this.#log.warn(
          { asset, point },
          'the device replaced a buffer while it was read: poll more often, or less at a time',
        );
      if (decoded) sink.accept(arrivalOf({ asset, point }, decoded), null);
      return true;
    } catch (error) {
      if (this.#stopped) return false;
      sink.accept({ ok: false, rejection: 'bad_quality', point: { asset, point } }, null);
      this.#report(waveform, [{ asset, point }], group.unitId, waveform.place, error);
      return isAnswer(error);
    }
  }

  /** One register that a device lacks fails a whole request: it is sent in halves from now on. */
  #refuse({ group, sink }: Poll, read: ModbusRead, error: unknown): void {
    if (isOfAddress(error) && read.values.length > 1) {
      group.reads = group.reads.flatMap((one) => (one === read ? splitRead(read) : [one]));
      this.#refused.delete(read);
    }
    const points = pointsOf(read);
    for (const { asset, point } of points)
      sink.accept({ ok: false, rejection: 'bad_quality', point: { asset, point } }, null);
    if (group.reads.includes(read)) this.#report(read, points, group.unitId, read, error);
  }

  /** Records the points as faults, and logs the first refusal. */
  #report(
    refused: ModbusRead | ModbusWaveform,
    points: readonly { asset: string; point: string }[],
    unitId: number,
    { table, address, count }: ModbusBlock,
    error: unknown,
  ): void {
    if (this.#refused.has(refused)) return;
    const [reason, message] = [reasonOf(error), messageOf(error)];
    const detail = `unit ${unitId}, ${table}, address ${address} from 0, count ${count}: ${message}`;
    this.#refused.set(
      refused,
      points.map(({ asset, point }) => ({ asset, point, reason, detail })),
    );
    this.#log.error({ unitId, table, address, count, reason, error: message }, 'a read was refused, or not answered');
  }

  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.#woken((resume) => {
      timer = setTimeout(resume, ms);
    });
    clearTimeout(timer);
  }

  /** Waits for a wake-up, or for the stop. */
  async #woken(wait: (resume: () => void, fail: (error: unknown) => void) => void): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resume, fail) => {
      this.#wake = resume;
      wait(resume, fail);
    });
    this.#wake = null;
  }
}
