import { checkWaveform, type Decoded, type DecodeLimits, refuse } from './decoded.ts';
import { type ModbusNumberConfig, type ModbusWaveformConfig, WORDS_OF } from './modbusConfig.ts';
import { decodeNumber, decodeSamples } from './modbusRegisters.ts';
import type { ModbusBlock } from './modbusRequest.ts';

/** Reads a block of the waveform's unit. @throws if it is refused or not answered. */
export type ReadBlock = (block: ModbusBlock) => Promise<Uint8Array>;

/** Requests that read a buffer, each of whole samples. */
export function blocksOf(
  { table, address, samples, type }: Pick<ModbusWaveformConfig, 'table' | 'address' | 'samples' | 'type'>,
  maxRegisters: number,
): ModbusBlock[] {
  const words = WORDS_OF[type];
  const most = maxRegisters - (maxRegisters % words);
  const end = address + samples * words;
  const blocks: ModbusBlock[] = [];
  for (let at = address; at < end; at += most) blocks.push({ table, address: at, count: Math.min(most, end - at) });
  return blocks;
}

/** The device's marks of its buffer: whether it is complete, and its number. */
interface Mark {
  isReady: boolean;
  sequence: number | null;
}

/** Whether a buffer has become complete since the last look, or has another number. */
function isNew(mark: Mark, last: Mark): boolean {
  return mark.isReady && (mark.sequence === null ? !last.isReady : mark.sequence !== last.sequence);
}

/**
 * A point's sample buffers, each read once. A device may refill the buffer at any time: the samples count only if the
 * device's marks are the same before and after.
 */
export class ModbusWaveform {
  readonly config: ModbusWaveformConfig;
  readonly #blocks: readonly ModbusBlock[];
  #last: Mark | null = null;

  constructor(config: ModbusWaveformConfig, maxRegisters: number) {
    this.config = config;
    this.#blocks = blocksOf(config, maxRegisters);
  }

  /** All registers of a buffer. */
  get place(): ModbusBlock {
    const { table, address, samples, type } = this.config;
    return { table, address, count: samples * WORDS_OF[type] };
  }

  /** The buffer completed since the last call; null if there is none. @throws what `read` throws. */
  async poll(read: ReadBlock, limits: () => DecodeLimits): Promise<Decoded | null> {
    const mark = await this.#mark(read);
    const last = this.#last;
    // The age of the buffer found by the first poll is unknown.
    if (last === null || !isNew(mark, last)) {
      this.#last = { ...mark, sequence: last === null ? mark.sequence : last.sequence };
      return null;
    }
    // The last sample dates from when the buffer was seen complete, not from when its last block was read.
    const seen = limits();
    const rateHz = await this.#rate(read);
    const bytes: Uint8Array[] = [];
    for (const block of this.#blocks) bytes.push(await read(block));
    const after = await this.#mark(read);
    // Accepted or not, this buffer is finished: the next poll sees its successor.
    this.#last = mark;
    if (!after.isReady || after.sequence !== mark.sequence) return refuse('missing_chunk');
    const samples = decodeSamples(this.config, Buffer.concat(bytes));
    return checkWaveform(this.config, samples, rateHz, undefined, seen);
  }

  async #mark(read: ReadBlock): Promise<Mark> {
    const { ready, sequence } = this.config;
    return {
      isReady: ready === undefined || (await numberAt(read, ready)) === ready.value,
      sequence: sequence === undefined ? null : await numberAt(read, sequence),
    };
  }

  async #rate(read: ReadBlock): Promise<number> {
    const { sampleRateHz, sampleRateFrom } = this.config;
    if (sampleRateFrom === undefined) return sampleRateHz ?? Number.NaN;
    return (await numberAt(read, sampleRateFrom)) * sampleRateFrom.scale;
  }
}

async function numberAt(read: ReadBlock, config: ModbusNumberConfig): Promise<number> {
  const { table, address, type } = config;
  return decodeNumber(config, address, await read({ table, address, count: WORDS_OF[type] }));
}
