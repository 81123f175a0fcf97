import { type BearingFactors, type BearingGeometry, factorsOf } from './bearing.ts';
import { deriveBearing } from './bearingSeries.ts';

export interface KnownBearing extends BearingGeometry {
  designation: string;
  /** Publication of the geometry. */
  source: string;
}

const INCH = 25.4;
const CWRU = 'Case Western Reserve University Bearing Data Center, bearing information';

/** Bearings with published inner geometry; makers publish only boundary dimensions, and the inner design varies. */
export const BEARINGS: readonly KnownBearing[] = [
  {
    designation: 'SKF 6205-2RS JEM',
    rollingElements: 9,
    elementDiameterMm: 0.3126 * INCH,
    pitchDiameterMm: 1.537 * INCH,
    contactAngleDeg: 0,
    source: CWRU,
  },
  {
    designation: 'SKF 6203-2RS JEM',
    rollingElements: 8,
    elementDiameterMm: 0.2656 * INCH,
    pitchDiameterMm: 1.122 * INCH,
    contactAngleDeg: 0,
    source: CWRU,
  },
  {
    designation: 'Rexnord ZA-2115',
    rollingElements: 16,
    elementDiameterMm: 0.331 * INCH,
    pitchDiameterMm: 2.815 * INCH,
    contactAngleDeg: 15.17,
    source: 'Qiu, Lee, Lin & Yu, J. Sound Vib. 289 (2006), the IMS bearing data',
  },
  {
    designation: 'LDK UER204',
    rollingElements: 8,
    elementDiameterMm: 7.92,
    pitchDiameterMm: 34.55,
    contactAngleDeg: 0,
    source: 'Wang, Lei, Li & Li, IEEE Trans. Reliability 69 (2020), the XJTU-SY bearing data',
  },
  {
    designation: 'NSK 6804DD',
    rollingElements: 13,
    elementDiameterMm: 3.5,
    pitchDiameterMm: 25.6,
    contactAngleDeg: 0,
    source: 'Nectoux et al., IEEE PHM 2012, the PRONOSTIA platform',
  },
];

export interface FoundBearing {
  bearing: KnownBearing;
  factors: BearingFactors;
  /** Relative tolerance of the orders: 0 for published geometry. */
  tolerance: number;
}

const MIN_SIGNS = 4;

/**
 * Finds a designation as people type it: case, blanks and suffixes after a hyphen do not matter if it stays unique.
 * Published geometry takes precedence over one derived from boundary dimensions; fewer than four characters would match
 * by chance.
 */
export function findBearing(name: string): FoundBearing | null {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const matching = wanted.length < MIN_SIGNS ? [] : BEARINGS.filter((b) => plain(b.designation).includes(wanted));
  if (matching.length === 1) return { bearing: matching[0], factors: factorsOf(matching[0]), tolerance: 0 };
  const derived = deriveBearing(name);
  return derived && { bearing: derived, factors: factorsOf(derived), tolerance: derived.tolerance };
}
