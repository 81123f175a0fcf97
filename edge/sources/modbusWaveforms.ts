import { checkWaveform, type Decoded, type DecodeLimits, refuse } from './decoded.ts';
import { type ModbusNumberConfig, type ModbusWaveformConfig, WORDS_OF } from './modbusConfig.ts';
import { decodeNumber, decodeSamples } from './modbusRegisters.ts';
import type { ModbusBlock } from './modbusRequest.ts';

/** Reads a block of the unit that the waveform is of. @throws where it is refused or not answered. */
export type ReadBlock = (block: ModbusBlock) => Promise<Uint8Array>;

/** Requests that read a buffer, whole samples each. */
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

/** What the device says of its buffer: whether it is complete, and which one it is. */
interface Mark {
  isReady: boolean;
  sequence: number | null;
}

/** A buffer that is complete, and was not when it was last looked at; or the next one by its number. */
function isNew(mark: Mark, last: Mark): boolean {
  return mark.isReady && (mark.sequence === null ? !last.isReady : mark.sequence !== last.sequence);
}

/**
 * Buffers of samples of one point, each read once. A device fills the next one whenever it likes: what was read counts only
 * if the device's marks were the same before and after.
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

  /** The buffer that the device has completed since the last call; null where there is none. @throws what `read` throws. */
  async poll(read: ReadBlock, limits: () => DecodeLimits): Promise<Decoded | null> {
    const mark = await this.#mark(read);
    const last = this.#last;
    // Nobody knows how old the buffer is that the first poll finds.
    if (last === null || !isNew(mark, last)) {
      this.#last = { ...mark, sequence: last === null ? mark.sequence : last.sequence };
      return null;
    }
    // The last sample is taken when the buffer is seen to be complete, not when its last block was read.
    const seen = limits();
    const rateHz = await this.#rate(read);
    const bytes: Uint8Array[] = [];
    for (const block of this.#blocks) bytes.push(await read(block));
    const after = await this.#mark(read);
    // Taken or not, this buffer is done with: the next poll sees the one that took its place.
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
