const BLOCK = 512;

export interface TarFile {
  name: string;
  bytes: Buffer;
}

/** A tar archive (POSIX ustar) of a few files, with names of at most 100 bytes. The same files give the same bytes. */
export function createTar(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, bytes }) => [
    headerOf(name, bytes.length),
    bytes,
    Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0, 100, 'latin1');
  header.write(octal(0o644, 7), 100, 'latin1');
  header.write(octal(0, 7), 108, 'latin1');
  header.write(octal(0, 7), 116, 'latin1');
  header.write(octal(size, 11), 124, 'latin1');
  header.write(octal(0, 11), 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write(`${octal(sumOf(header), 6)} `, 148, 'latin1');
  return header;
}

/** Files of an archive. @throws Error if it is invalid, truncated, or contains anything but plain files. */
export function readTar(archive: Buffer): TarFile[] {
  const files: TarFile[] = [];
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const field = (from: number, length: number) =>
      header
        .toString('latin1', from, from + length)
        .replace(/\0.*$/s, '')
        .trim();
    const check = Buffer.from(header);
    check.write('        ', 148, 'latin1');
    const [size, sum] = [Number.parseInt(field(124, 12), 8), Number.parseInt(field(148, 8), 8)];
    if (!Number.isSafeInteger(size) || size < 0 || sum !== sumOf(check))
      throw new Error('not a tar archive, or a damaged one');
    const [name, type] = [field(0, 100), field(156, 1)];
    if (type !== '0' && type !== '') throw new Error(`${name} is not a plain file`);
    const bytes = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (bytes.length < size) throw new Error(`${name} is truncated`);
    files.push({ name, bytes });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error('not a tar archive, or a truncated one');
}

const sumOf = (header: Buffer) => header.reduce((sum, byte) => sum + byte, 0);
