import type { Diagnosis, Fault } from '#models/contracts/alert.ts';
import type { Contribution } from '#models/contracts/health.ts';

const WORDS: Record<Fault, string> = {
  outer_race: 'outer-race defect of the bearing',
  inner_race: 'inner-race defect of the bearing',
  ball: 'rolling-element defect of the bearing',
  cage: 'cage defect of the bearing',
  bearing: 'bearing defect, part unsure',
  unbalance: 'unbalance',
  misalignment: 'misalignment',
  bent_shaft: 'bent shaft',
  misalignment_or_bent_shaft: 'misalignment or bent shaft',
  looseness: 'mechanical looseness',
  rub: 'the rotor rubs',
  gear: 'gear fault',
  belt: 'belt fault',
  blade_pass: 'blade-pass vibration',
  cavitation: 'cavitation',
  electrical: 'electrical fault of the motor',
  process_drift: 'drifts away',
  undetermined: 'vibration grows, defect not determined',
};

/** One sentence: which machine, which point, what, and by how much. */
export function alertText(
  asset: string,
  point: string,
  unit: string,
  diagnosis: Diagnosis,
  contributions: readonly Contribution[],
): string {
  const place = `${asset} ${point}: ${WORDS[diagnosis.fault]}`;
  const [first] = contributions;
  if (!first) return place;
  if (diagnosis.fault === 'process_drift') {
    return `${place}, ${first.value.toPrecision(3)} ${unit} where ${first.normal.toPrecision(3)} ${unit} is normal`;
  }
  return `${place}, ${first.feature} ${(first.value / Math.max(first.normal, 1e-12)).toFixed(1)} times its normal`;
}
