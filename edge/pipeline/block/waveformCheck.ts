import type { Rejection } from '#models/contracts/ledger.ts';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { meansUnit, type Unit } from '#models/contracts/units.ts';
import { isPossible } from '#models/health/quality/plausible.ts';
import { type Extremes, extremes } from '#models/health/quality/waveformFlaw.ts';

/** The extremes of a usable block, or why it is rejected. Pure. */
export function checkWaveform(block: WaveformBlock, unit: Unit): Extremes | { rejection: Rejection } {
  if (block.unit !== undefined && !meansUnit(block.unit, unit)) return { rejection: 'unit_mismatch' };
  const found = extremes(block.samples);
  return isPossible(found.low, found.high, unit) ? found : { rejection: 'impossible_value' };
}
