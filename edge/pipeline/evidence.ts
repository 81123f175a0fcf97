import type { EvidenceMessage, RecordingLines } from '#models/contracts/evidence.ts';
import type { Unit } from '#models/contracts/units.ts';
import type { Gatherer } from './gatherer.ts';

/** Evidence that still lacks its envelope. */
export type EvidenceBody = Pick<
  EvidenceMessage,
  'id' | 'asset' | 'point' | 'unit' | 'sampleRateHz' | 'lines' | 'pieces' | 'timeMs' | 'timeQuality'
>;

const FULL_SCALE = 32_767;

/** The signal that a point has gathered, as int16: sixteen bits are what most sensors give, at half the size. */
export function evidenceOf(
  id: string,
  asset: string,
  point: string,
  unit: Unit,
  gatherer: Gatherer,
  lines: RecordingLines,
): EvidenceBody {
  const { pieces, startsUs, sampleRateHz } = gatherer.take();
  const endUs = startsUs[startsUs.length - 1] + (pieces[pieces.length - 1].length * 1e6) / sampleRateHz;
  return {
    id,
    asset,
    point,
    unit,
    sampleRateHz,
    lines,
    pieces: pieces.map((samples, i) => ({ startUs: startsUs[i], ...packed(samples) })),
    timeMs: endUs / 1000,
    timeQuality: 'source',
  };
}

function packed(samples: Float32Array): { scale: number; samples: string } {
  let peak = 0;
  for (const v of samples) peak = Math.max(peak, Math.abs(v));
  const scale = peak === 0 ? 1 : peak / FULL_SCALE;
  const integers = Int16Array.from(samples, (v) => Math.round(v / scale));
  return { scale, samples: Buffer.from(integers.buffer).toString('base64') };
}
