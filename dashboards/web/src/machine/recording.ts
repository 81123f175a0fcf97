import type { RecordingLines, SignalEvidence } from '#models/contracts/evidence.ts';
import type { Unit } from '#models/contracts/units.ts';
import { integersIn, samplesOf } from '#models/signal/int16Signal.ts';

/** A signal in gap-free pieces; the signal between them is unknown. */
export interface Recording {
  point: string;
  unit: Unit;
  sampleRateHz: number;
  timeMs: number;
  pieces: Float32Array[];
  /** Time of the first sample of each piece, microseconds since 1970. */
  startsUs: number[];
  lines: RecordingLines;
}

const NO_LINES: RecordingLines = { spectrum: [], envelope: [] };

/** Decodes a recording: little-endian int16 in base64, multiplied by the scale of each piece. */
export function decodeRecording({ point, unit, sampleRateHz, timeMs, pieces, lines }: SignalEvidence): Recording {
  const startsUs = pieces.map(({ startUs }) => startUs);
  return { point, unit, sampleRateHz, timeMs, pieces: pieces.map(unpacked), startsUs, lines: lines ?? NO_LINES };
}

const unpacked = ({ scale, samples }: SignalEvidence['pieces'][number]): Float32Array =>
  samplesOf({ scale, integers: integersIn(samples) });

export const longestPiece = ({ pieces }: Recording): Float32Array =>
  pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest));

export const secondsOf = ({ pieces, sampleRateHz }: Recording): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0) / sampleRateHz;
