import type { Diagnosis, Fault } from '#models/contracts/alert.ts';
import type { Contribution } from '#models/contracts/health.ts';
import { NOTEWORTHY_RATIO } from '../judgement.ts';

const VELOCITY = 'velocityRmsMmPerS';
const FAULT_TEXT: Record<Fault, string> = {
  outer_race: 'outer-race defect of the bearing',
  inner_race: 'inner-race defect of the bearing',
  ball: 'rolling-element defect of the bearing',
  cage: 'cage defect of the bearing',
  bearing: 'bearing defect, part unsure',
  unbalance: 'unbalance',
  misalignment: 'misalignment',
  bent_shaft: 'bent shaft',
  misalignment_or_bent_shaft: 'misalignment or bent shaft',
  unbalance_or_bent_shaft: 'unbalance or bent shaft',
  looseness: 'mechanical looseness',
  rub: 'the rotor rubs',
  gear: 'gear fault',
  belt: 'belt fault',
  blade_pass: 'blade-pass vibration',
  cavitation: 'cavitation',
  electrical: 'electrical fault of the motor',
  process_drift: 'away from its normal',
  undetermined: 'vibration grows, defect not determined',
};

/** One sentence: machine, point, finding, and amount. */
export function alertText(
  asset: string,
  point: string,
  unit: string,
  diagnosis: Diagnosis,
  contributions: readonly Contribution[],
): string {
  const place = `${asset} ${point}: `;
  const [first] = contributions;
  if (!first) return place + FAULT_TEXT[diagnosis.fault];
  const { feature, value, normal } = first;
  if (diagnosis.fault === 'process_drift') {
    const shown = unit === 'degC' ? '°C' : unit;
    const side = value > normal ? 'high' : 'low';
    return `${place}${side}, ${value.toPrecision(3)} ${shown} where ${normal.toPrecision(3)} ${shown} is normal`;
  }
  const ratio = value / Math.max(normal, 1e-12);
  const times = `${ratio.toFixed(1)} times its normal`;
  // A machine in a poor zone from its first day has not deviated from its baseline.
  if (feature.startsWith(VELOCITY))
    return `${place}${FAULT_TEXT[diagnosis.fault]}, ${value.toPrecision(3)} mm/s RMS${ratio < NOTEWORTHY_RATIO ? '' : `, ${times}`}`;
  return `${place}${FAULT_TEXT[diagnosis.fault]}, ${feature} ${times}`;
}
