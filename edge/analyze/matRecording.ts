import { inflateSync } from 'node:zlib';
import type { Samples } from './samples.ts';

const MIN_HEADER = 136;
/** Limit on the unpacked size of a recording. */
const MAX_BYTES = 2 ** 30;
/** Types of elements, and classes of arrays (MathWorks, "MAT-File Format", version 5). */
const MATRIX = 14;
const COMPRESSED = 15;
const STRUCT = 2;
const NUMERIC = { from: 6, to: 15 } as const;
const COMPLEX = 0x0800;
const READERS: Record<number, { bytes: number; read: (b: Buffer, at: number, little: boolean) => number }> = {
  1: { bytes: 1, read: (b, at) => b.readInt8(at) },
  2: { bytes: 1, read: (b, at) => b.readUInt8(at) },
  3: { bytes: 2, read: (b, at, little) => (little ? b.readInt16LE(at) : b.readInt16BE(at)) },
  4: { bytes: 2, read: (b, at, little) => (little ? b.readUInt16LE(at) : b.readUInt16BE(at)) },
  5: { bytes: 4, read: (b, at, little) => (little ? b.readInt32LE(at) : b.readInt32BE(at)) },
  6: { bytes: 4, read: (b, at, little) => (little ? b.readUInt32LE(at) : b.readUInt32BE(at)) },
  7: { bytes: 4, read: (b, at, little) => (little ? b.readFloatLE(at) : b.readFloatBE(at)) },
  9: { bytes: 8, read: (b, at, little) => (little ? b.readDoubleLE(at) : b.readDoubleBE(at)) },
  12: { bytes: 8, read: (b, at, little) => Number(little ? b.readBigInt64LE(at) : b.readBigInt64BE(at)) },
  13: { bytes: 8, read: (b, at, little) => Number(little ? b.readBigUInt64LE(at) : b.readBigUInt64BE(at)) },
};

interface Element {
  type: number;
  data: Buffer;
  /** Offset of the next element. */
  next: number;
}

/** A column of numbers: a vector under its variable's name, columns of a matrix as `name[0]`. */
interface Column {
  name: string;
  length: number;
  at: (i: number) => number;
}

export const isMat = (bytes: Buffer) => bytes.toString('latin1', 0, 6) === 'MATLAB' || isHdf5(bytes);
const isHdf5 = (bytes: Buffer) => bytes.toString('latin1', 1, 4) === 'HDF' && bytes[0] === 0x89;

const RATE_NAME = /(^|[._])(fs|sr|sampl\w*_?(rate|freq)\w*)$/i;
/** Matches the whole name, since signals are called DE_time, too. */
const TIME_NAME = /(^|\.)(t|time|time_?s)$/i;

/**
 * Reads a variable of a MAT-file of version 5 (`save -v7` and `-v6`): by name, or by number among its numeric vectors.
 * The rate is that of a time vector, or of a scalar named fs, sr or the like, in the same structure first.
 * @throws Error that lists the variables, or names the remedy.
 */
export function readMat(bytes: Buffer, channel: string): Samples {
  if (isHdf5(bytes) || bytes.toString('latin1', 0, 10) === 'MATLAB 7.3')
    throw new Error("MAT-files of version 7.3 (HDF5) are not read; in MATLAB: save('file.mat', '-v7')");
  if (!isMat(bytes) || bytes.length < MIN_HEADER) throw new Error('no MAT-file of version 5; save it with -v7');
  const columns = new MatReader(bytes.toString('latin1', 126, 128) === 'IM').columns(bytes.subarray(128));
  const signals = columns.filter((c) => c.length > 1 && !TIME_NAME.test(c.name));
  const found =
    signals.find((c) => c.name === channel) ?? (/^\d+$/.test(channel) ? signals[Number(channel)] : undefined);
  const names = signals.map((c) => c.name).join(', ');
  if (found === undefined) throw new Error(`channel ${channel}: there are ${signals.length} variables, ${names}`);
  const notes = signals.length > 1 ? [`variable ${found.name} of ${names}`] : [];
  return {
    samples: Float32Array.from({ length: found.length }, (_, i) => found.at(i)),
    sampleRateHz: rateOf(columns, found),
    notes,
  };
}

function rateOf(columns: readonly Column[], { name, length }: Column): number | undefined {
  const scalars = columns.filter((c) => c.length === 1 && RATE_NAME.test(c.name) && c.at(0) > 0);
  const scalar =
    scalars.find((c) => structOf(c.name) === structOf(name)) ?? scalars.find((c) => structOf(c.name) === '');
  if (scalar) return scalar.at(0);
  const time = columns.find((c) => c.length === length && TIME_NAME.test(c.name));
  const step = time && (time.at(length - 1) - time.at(0)) / (length - 1);
  return step && step > 0 ? Number((1 / step).toPrecision(6)) : undefined;
}

const structOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf('.')));

class MatReader {
  readonly #little: boolean;

  constructor(little: boolean) {
    this.#little = little;
  }

  columns(bytes: Buffer): Column[] {
    const found: Column[] = [];
    for (let at = 0; at + 8 <= bytes.length; ) {
      const element = this.#element(bytes, at);
      if (element.type === COMPRESSED)
        found.push(...this.columns(inflateSync(element.data, { maxOutputLength: MAX_BYTES })));
      else if (element.type === MATRIX) found.push(...this.#matrix(element.data));
      at = element.next;
    }
    return found;
  }

  #element(bytes: Buffer, at: number): Element {
    if (at + 8 > bytes.length) throw new Error('the MAT-file ends within a variable');
    const first = this.#uint32(bytes, at);
    // A small element stores its length in the upper half of its type, and its data where others have their length.
    const small = first >>> 16;
    const type = small > 0 ? first & 0xffff : first;
    const length = small > 0 ? small : this.#uint32(bytes, at + 4);
    const from = small > 0 ? at + 4 : at + 8;
    if (from + length > bytes.length) throw new Error('the MAT-file ends within a variable');
    const end = small > 0 ? at + 8 : from + length;
    const next = type === COMPRESSED ? end : at + 8 * Math.ceil((end - at) / 8);
    return { type, data: bytes.subarray(from, from + length), next };
  }

  #uint32(bytes: Buffer, at: number): number {
    return this.#little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  /** Columns of a numeric array or of a structure's fields; none for texts, cells and the like. */
  #matrix(bytes: Buffer, under?: string): Column[] {
    if (bytes.length === 0) return [];
    const flags = this.#element(bytes, 0);
    const dimensions = this.#element(bytes, flags.next);
    const label = this.#element(bytes, dimensions.next);
    const kind = this.#uint32(flags.data, 0);
    const own = label.data.toString('latin1');
    const name = under ?? own;
    const sizes = this.#numbers(dimensions);
    const rows = sizes.at(0);
    const count = sizes.length === 2 ? sizes.at(0) * sizes.at(1) : 0;
    if ((kind & 0xff) === STRUCT && count === 1) return this.#struct(bytes, label.next, name);
    if ((kind & 0xff) < NUMERIC.from || (kind & 0xff) > NUMERIC.to || (kind & COMPLEX) !== 0 || count === 0) return [];
    const values = this.#numbers(this.#element(bytes, label.next));
    if (values.length < count) throw new Error(`variable ${name} is shorter than it says`);
    const wide = sizes.at(1);
    if (rows === 1 || wide === 1) return [{ name, length: count, at: values.at }];
    // Stored column by column; the longer side is time.
    const [length, channels] = rows >= wide ? [rows, wide] : [wide, rows];
    return Array.from({ length: channels }, (_, c) => ({
      name: `${name}[${c}]`,
      length,
      at: (i: number) => values.at(rows >= wide ? c * rows + i : i * rows + c),
    }));
  }

  #struct(bytes: Buffer, from: number, name: string): Column[] {
    const width = this.#element(bytes, from);
    const names = this.#element(bytes, width.next);
    const each = this.#numbers(width).at(0);
    const found: Column[] = [];
    let at = names.next;
    for (let i = 0; i < Math.floor(names.data.length / each); i++) {
      const field = this.#element(bytes, at);
      const own = names.data.toString('latin1', i * each, (i + 1) * each).replace(/\0.*$/s, '');
      if (field.type === MATRIX) found.push(...this.#matrix(field.data, `${name}.${own}`));
      at = field.next;
    }
    return found;
  }

  #numbers({ type, data }: Element): { length: number; at: (i: number) => number } {
    const reader = READERS[type];
    if (reader === undefined) throw new Error(`elements of type ${type} are not read; save it with -v7`);
    const little = this.#little;
    return { length: Math.floor(data.length / reader.bytes), at: (i) => reader.read(data, i * reader.bytes, little) };
  }
}
