import type { Samples } from './samples.ts';

const DELIMITER = /^ {4}-1\s*$/;
const BEGINNING = /^ {4}-1 *\r?\n {2,5}\d{1,4}b?\b/;
const IS_58 = /^ {4}58b?(\s|$)/;
/** Header lines of a dataset 58: five of text, then type, form and axes. */
const HEADER_LINES = 11;
const TIME_AXIS = 17;
const TIME_RESPONSE = 1;
const BYTES: Record<number, 4 | 8> = { 2: 4, 4: 8 };
const WIDTH = { 4: 13, 8: 20 } as const;

interface Dataset {
  name: string;
  unit: string;
  sampleRateHz: number;
  samples: () => Float32Array;
}

export const isUff = (bytes: Buffer) => BEGINNING.test(bytes.toString('latin1', 0, 200));

/**
 * Reads a time signal of a universal file: dataset 58, ASCII or binary, evenly spaced, real. Channels are such
 * datasets, by number from 0 or by the name of the response. Source: SDRC universal file formats, dataset type 58 and
 * 58b.
 * @throws Error that lists the signals, or says what is not supported.
 */
export function readUff(bytes: Buffer, channel: string): Samples {
  const { datasets, skipped } = datasetsOf(bytes);
  const named = datasets.filter((d) => d.name === channel);
  const found = named.length === 1 ? named[0] : /^\d+$/.test(channel) ? datasets[Number(channel)] : undefined;
  if (found === undefined) {
    const why = skipped.length > 0 ? `; not read: ${[...new Set(skipped)].join(', ')}` : '';
    throw new Error(
      `channel ${channel}: there are ${datasets.length} time signals, ${datasets.map((d) => d.name).join(', ')}${why}`,
    );
  }
  const notes = found.unit === '' ? [] : [`the file's unit is ${found.unit}`];
  return { samples: found.samples(), sampleRateHz: found.sampleRateHz, notes };
}

function datasetsOf(bytes: Buffer): { datasets: Dataset[]; skipped: string[] } {
  const datasets: Dataset[] = [];
  const skipped: string[] = [];
  const lines = new Lines(bytes);
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (!DELIMITER.test(line)) continue;
    const head = lines.next() ?? '';
    if (IS_58.test(head)) {
      const read = dataset(lines, head);
      if (typeof read === 'string') skipped.push(read);
      else datasets.push(read);
    } else skipped.push(`dataset ${head.trim().slice(0, 6)}`);
    lines.skipTo(DELIMITER);
  }
  return { datasets, skipped };
}

/** The signal, or why the dataset has none. */
function dataset(lines: Lines, head: string): Dataset | string {
  const header = Array.from({ length: HEADER_LINES }, () => lines.next() ?? '');
  const [form, abscissa, ordinate] = [header[6], header[7], header[8]];
  const [kind, count, even] = [Number(form.slice(0, 10)), Number(form.slice(10, 20)), Number(form.slice(20, 30))];
  const step = Number(form.slice(43, 56).replace(/d/i, 'e'));
  const size = BYTES[kind];
  const binary = /^\s+58b/.test(head) ? binaryForm(head) : null;
  // Unsupported data is skipped by length: its bytes may look like a line.
  const data = binary ? lines.bytes(binary.length) : null;
  const isResponse = Number(header[5].slice(0, 5)) === TIME_RESPONSE;
  if (Number(abscissa.slice(0, 10)) !== TIME_AXIS && !isResponse) return 'a dataset 58 over another axis than time';
  if (size === undefined) return 'a complex dataset 58';
  if (even !== 1) return 'a dataset 58 of uneven spacing: export it evenly spaced';
  if (!(step > 0) || !(count > 0)) return 'a dataset 58 without a step of time';
  const name = header[5].slice(31, 41).trim() || header[0].trim();
  const unit = ordinate.slice(47, 67).trim();
  const sampleRateHz = Number((1 / step).toPrecision(6));
  if (data && binary) {
    if (binary.format !== 2) return 'a binary dataset 58 in other than IEEE numbers';
    if (data.length < count * size) throw new Error('the universal file ends within a signal');
    return { name, unit, sampleRateHz, samples: () => binarySamples(data, count, size, binary.little) };
  }
  const rows: string[] = [];
  const perLine = size === 4 ? 6 : 4;
  for (let i = 0; i < Math.ceil(count / perLine); i++) rows.push(lines.next() ?? '');
  return { name, unit, sampleRateHz, samples: () => asciiSamples(rows, count, WIDTH[size]) };
}

function binaryForm(head: string): { little: boolean; format: number; length: number } {
  const [order, format, , length] = head
    .replace(/^\s+58b/, '')
    .trim()
    .split(/\s+/)
    .map(Number);
  return { little: order === 1, format, length };
}

function binarySamples(data: Buffer, count: number, size: 4 | 8, little: boolean): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: count }, (_, i) =>
    size === 4 ? view.getFloat32(4 * i, little) : view.getFloat64(8 * i, little),
  );
}

/** Numbers of a fixed width: a minus sign may directly follow the previous number. */
function asciiSamples(rows: readonly string[], count: number, width: number): Float32Array {
  const samples = new Float32Array(count);
  let i = 0;
  for (const row of rows) {
    for (let from = 0; from + 1 < row.trimEnd().length && i < count; from += width) {
      const text = row
        .slice(from, from + width)
        .trim()
        .replace(/d/i, 'e');
      const value = Number(text);
      if (text === '' || Number.isNaN(value)) throw new Error(`found ${JSON.stringify(text)}; a number is needed`);
      samples[i++] = value;
    }
  }
  if (i < count) throw new Error('the universal file ends within a signal');
  return samples;
}

/** Line reader over bytes, some of which are not text. */
class Lines {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): string | null {
    if (this.#at >= this.#bytes.length) return null;
    const end = this.#bytes.indexOf(10, this.#at);
    const to = end < 0 ? this.#bytes.length : end;
    const line = this.#bytes.toString('latin1', this.#at, to).replace(/\r$/, '');
    this.#at = to + 1;
    return line;
  }

  bytes(length: number): Buffer {
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += part.length;
    return part;
  }

  skipTo(pattern: RegExp): void {
    for (let line = this.next(); line !== null; line = this.next()) if (pattern.test(line)) return;
  }
}
