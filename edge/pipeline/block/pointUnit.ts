import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import { conversionTo, type Unit } from '#models/contracts/units.ts';
import type { Point } from '#models/machine/asset.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../../sources/source.ts';

/** The unit of a point's values; undefined if unknown. */
function unitOf(kind: SampleBlock['kind'], config: Point | undefined): Unit | undefined {
  if (config?.unit !== undefined) return config.unit;
  if (kind === 'waveform') return config?.role === 'tachometer' ? undefined : DEFAULT_WAVEFORM_UNIT;
  return config?.role === 'speed' ? 'rpm' : undefined;
}

/**
 * Converts a block whose device declares a unit to the point's unit, in place. An unknown unit, or one of another
 * quantity, is left for the point to reject.
 */
export function toPointUnit(block: SampleBlock, config: Point | undefined): void {
  const unit = block.unit === undefined ? undefined : unitOf(block.kind, config);
  const conversion = unit === undefined || block.unit === undefined ? null : conversionTo(unit, block.unit);
  if (conversion === null) return;
  const { scale, offset } = conversion;
  block.unit = unit;
  if (scale === 1 && offset === 0) return;
  const values = block.kind === 'waveform' ? block.samples : block.values;
  for (let i = 0; i < values.length; i++) values[i] = values[i] * scale + offset;
}
