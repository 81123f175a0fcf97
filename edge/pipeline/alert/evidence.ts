import type { SignalPiece } from '#models/contracts/decision.ts';
import type { RecordingLines, SignalEvidence, ValuesEvidence } from '#models/contracts/evidence.ts';
import type { Unit } from '#models/contracts/units.ts';
import { quantised } from '#models/signal/int16Signal.ts';
import type { SignalBuffer } from '../block/signalBuffer.ts';

type SignalBody = Pick<
  SignalEvidence,
  'id' | 'asset' | 'point' | 'unit' | 'sampleRateHz' | 'lines' | 'pieces' | 'timeMs' | 'timeQuality' | 'decision'
>;
type ValuesBody = Pick<ValuesEvidence, 'id' | 'asset' | 'point' | 'timeMs' | 'timeQuality' | 'decision'>;

/** Evidence that still lacks its envelope. */
export type EvidenceBody = SignalBody | ValuesBody;

/** A point's buffered signal as int16: most sensors have sixteen bits, and it halves the size. */
export function createEvidence(
  id: string,
  asset: string,
  point: string,
  unit: Unit,
  buffer: SignalBuffer,
  lines: RecordingLines,
): SignalBody {
  const { pieces, startsUs, sampleRateHz } = buffer.read();
  const endUs = startsUs[startsUs.length - 1] + (pieces[pieces.length - 1].length * 1e6) / sampleRateHz;
  return {
    id,
    asset,
    point,
    unit,
    sampleRateHz,
    lines,
    pieces: pieces.map((samples, i) => ({ startUs: startsUs[i], ...encodePiece(samples) })),
    timeMs: endUs / 1000,
    timeQuality: 'source',
  };
}

/** A piece of signal in transport form: int16 in base64. */
export function encodePiece(samples: Float32Array): SignalPiece {
  const { scale, integers } = quantised(samples);
  return { scale, samples: Buffer.from(integers.buffer).toString('base64') };
}
