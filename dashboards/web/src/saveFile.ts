/** Saves data created in the browser as a file. */
export function saveFile(name: string, data: Blob): void {
  const address = URL.createObjectURL(data);
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}

/** A file name from any title: letters and digits of every script, with one `-` for everything else. */
export function fileNameOf(title: string, ending: string): string {
  const name = title.normalize('NFC').replace(/[^\p{L}\p{N}.]+/gu, '-');
  return `${name.replace(/^[-.]+|[-.]+$/g, '').slice(0, 80) || 'chart'}.${ending}`;
}

/** A cell of a CSV file (RFC 4180); values that a spreadsheet would read as a formula are marked as text. */
export function csvCell(value: string | number | null): string {
  if (typeof value === 'number' || value === null) return String(value ?? '');
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Columns side by side, with their titles above. */
export function csvOf(head: readonly string[], columns: readonly (readonly (string | number | null)[])[]): string {
  const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, i) => columns.map((column) => csvCell(column[i])));
  return `${[head.map(csvCell), ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

const HEADER_BYTES = 44;
const BYTES_A_SAMPLE = 4;
const IEEE_FLOAT = 3;

/**
 * A WAV file of one channel of 32-bit floats (WAVE_FORMAT_IEEE_FLOAT), with the values in their unit.
 * @param sampleRateHz rounded: the format has only integer rates.
 */
export function wavOf(samples: Float32Array, sampleRateHz: number): Uint8Array<ArrayBuffer> {
  const bytes = BYTES_A_SAMPLE * samples.length;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + bytes));
  const text = (at: number, letters: string) => {
    for (let i = 0; i < letters.length; i++) view.setUint8(at + i, letters.charCodeAt(i));
  };
  const rate = Math.round(sampleRateHz);
  text(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, IEEE_FLOAT, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * BYTES_A_SAMPLE, true);
  view.setUint16(32, BYTES_A_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_A_SAMPLE, true);
  text(36, 'data');
  view.setUint32(40, bytes, true);
  samples.forEach((value, i) => {
    view.setFloat32(HEADER_BYTES + BYTES_A_SAMPLE * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
