import type { NamedLine, RecordingLines } from '#models/contracts/evidence.ts';
import type { BearingFactors } from './bearing.ts';
import { type Drivetrain, polePassHz } from './drivetrain.ts';

const SHAFT_HARMONICS = [1, 2, 3, 4, 5] as const;
const DEFECT_HARMONICS = 6;
/** Maximum number of harmonics, so that mistyped, far too small factors do not fill the message. */
const MAX_HARMONICS = 20;

/**
 * Names the lines that a machine's configuration places in its spectra.
 * @param shaftHz 0: unknown; then only the mains can be placed.
 */
export function recordingLines(shaftHz: number, bearing?: BearingFactors, drivetrain?: Drivetrain): RecordingLines {
  const mains = drivetrain ? [{ name: '2× mains', hz: 2 * drivetrain.lineHz }] : [];
  if (!(shaftHz > 0)) return { spectrum: mains, envelope: [] };
  const orders = SHAFT_HARMONICS.map((k) => ({ name: `${k}×`, hz: k * shaftHz }));
  const shaft = { name: '1×', hz: shaftHz };
  return {
    shaftHz,
    spectrum: [...orders, ...(drivetrain ? drivetrainLines(drivetrain, shaftHz) : []), ...mains],
    envelope: bearing ? [shaft, ...defectLines(bearing, shaftHz)] : [shaft],
  };
}

/** Blade pass, gear mesh, belt, and the pole-pass sidebands of the shaft's line. */
function drivetrainLines({ blades, teeth, beltOrder, poles, lineHz }: Drivetrain, shaftHz: number): NamedLine[] {
  const lines: NamedLine[] = [];
  if (blades !== undefined) lines.push({ name: 'blade pass', hz: blades * shaftHz });
  if (teeth !== undefined) lines.push({ name: 'gear mesh', hz: teeth * shaftHz });
  if (beltOrder !== undefined) lines.push({ name: 'belt', hz: beltOrder * shaftHz });
  if (poles !== undefined) {
    const passHz = polePassHz(poles, lineHz, shaftHz);
    lines.push({ name: '1× − pole pass', hz: shaftHz - passHz }, { name: '1× + pole pass', hz: shaftHz + passHz });
  }
  return lines.filter((line) => line.hz > 0);
}

/**
 * The bearing's defect frequencies with harmonics, and the sidebands of a defect passing through the load zone: the
 * shaft about BPFI, the cage about 2×BSF. Source: Randall & Antoni, MSSP 25 (2011), §2.
 */
function defectLines({ bpfo, bpfi, bsf, ftf }: BearingFactors, shaftHz: number): NamedLine[] {
  // All families extend equally far: beyond the end of one, its lines would be given another's name.
  const top = DEFECT_HARMONICS * Math.max(bpfo, bpfi, 2 * bsf);
  const harmonics = (nameOf: (k: number) => string, order: number) =>
    Array.from({ length: Math.min(MAX_HARMONICS, Math.ceil(top / order)) }, (_, i) => ({
      name: nameOf(i + 1),
      hz: (i + 1) * order * shaftHz,
    }));
  const times = (name: string) => (k: number) => (k === 1 ? name : `${k}×${name}`);
  const sidebands = (name: string, order: number, by: string, spacing: number) => [
    { name: `${name} − ${by}`, hz: (order - spacing) * shaftHz },
    { name: `${name} + ${by}`, hz: (order + spacing) * shaftHz },
  ];
  return [
    { name: 'FTF', hz: ftf * shaftHz },
    ...harmonics(times('BPFO'), bpfo),
    ...harmonics(times('BPFI'), bpfi),
    ...sidebands('BPFI', bpfi, '1×', 1),
    ...harmonics((k) => `${2 * k}×BSF`, 2 * bsf),
    ...sidebands('2×BSF', 2 * bsf, 'FTF', ftf),
  ].filter((line) => line.hz > 0);
}
