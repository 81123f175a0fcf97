import type { EvidenceView, SignalEvidence } from '#models/contracts/evidence.ts';
import { integersIn, samplesOf } from '#models/signal/int16Signal.ts';

const WAV_HEADER_BYTES = 44;
const WAVE_FORMAT_IEEE_FLOAT = 3;

export function evidenceView(message: SignalEvidence): EvidenceView {
  const { id, site, edge, asset, point, unit, sampleRateHz, lines, timeMs, pieces } = message;
  const piecesS = pieces.map(({ samples }) => Buffer.byteLength(samples, 'base64') / 2 / sampleRateHz);
  return { id, site, edge, asset, point, unit, sampleRateHz, lines, timeMs, piecesS };
}

/**
 * Encodes a piece of evidence as a WAV file of float32 samples in the point's unit, readable by `millwright analyze`.
 */
export function evidenceWav({ sampleRateHz, pieces }: SignalEvidence, piece: number): Buffer | null {
  if (!Object.hasOwn(pieces, piece)) return null;
  const { scale, samples } = pieces[piece];
  const data = Buffer.from(samplesOf({ scale, integers: integersIn(samples) }).buffer);
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  const rate = Math.round(sampleRateHz);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(WAVE_FORMAT_IEEE_FLOAT, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(4 * rate, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(32, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
