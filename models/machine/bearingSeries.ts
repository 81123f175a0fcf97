import type { BearingGeometry } from './bearing.ts';

/** Boundary dimensions of single-row deep groove ball bearings, ISO 15:2017: outside diameters by bore, mm. */
const OUTSIDE: Record<'8' | '9' | '0' | '2' | '3' | '4', Record<number, number>> = {
  '8': pairs(
    '10:19 12:21 15:24 17:26 20:32 25:37 30:42 35:47 40:52 45:58 50:65 55:72 60:78 65:85 70:90 75:95 80:100 85:110 90:115 95:120 100:125 105:130 110:140 120:150 130:165 140:175 150:190 160:200 170:215 180:225 190:240 200:250',
  ),
  '9': pairs(
    '10:22 12:24 15:28 17:30 20:37 25:42 30:47 35:55 40:62 45:68 50:72 55:80 60:85 65:90 70:100 75:105 80:110 85:120 90:125 95:130 100:140 105:145 110:150 120:165 130:180 140:190 150:210 160:220 170:230 180:250 190:260 200:280',
  ),
  '0': pairs(
    '4:12 5:14 6:17 7:19 8:22 9:24 10:26 12:28 15:32 17:35 20:42 25:47 30:55 35:62 40:68 45:75 50:80 55:90 60:95 65:100 70:110 75:115 80:125 85:130 90:140 95:145 100:150 105:160 110:170 120:180 130:200 140:210 150:225 160:240 170:260 180:280 190:290 200:310',
  ),
  '2': pairs(
    '3:10 4:13 5:16 6:19 7:22 8:24 9:26 10:30 12:32 15:35 17:40 20:47 25:52 30:62 35:72 40:80 45:85 50:90 55:100 60:110 65:120 70:125 75:130 80:140 85:150 90:160 95:170 100:180 105:190 110:200 120:215 130:230 140:250 150:270 160:290 170:310 180:320 190:340 200:360',
  ),
  '3': pairs(
    '4:16 5:19 10:35 12:37 15:42 17:47 20:52 25:62 30:72 35:80 40:90 45:100 50:110 55:120 60:130 65:140 70:150 75:160 80:170 85:180 90:190 95:200 100:215 105:225 110:240 120:260 130:280 140:300 150:320 160:340 170:360 180:380 190:400 200:420',
  ),
  '4': pairs(
    '17:62 20:72 25:80 30:90 35:100 40:110 45:120 50:130 55:140 60:150 65:160 70:180 75:190 80:200 85:210 90:225',
  ),
};
type DiameterSeries = keyof typeof OUTSIDE;

/** Series of designations, and the diameter series of their rings; the bore's code follows the series. */
const SERIES: Record<string, DiameterSeries> = {
  '618': '8',
  '68': '8',
  '619': '9',
  '69': '9',
  '60': '0',
  '160': '0',
  '630': '0',
  '62': '2',
  '622': '2',
  '63': '3',
  '623': '3',
  '64': '4',
  UC2: '2',
  UEL2: '2',
  UER2: '2',
  UK2: '2',
  SA2: '2',
  SB2: '2',
  HC2: '2',
  YAR2: '2',
  UC3: '3',
  UK3: '3',
};
const FIRST_BORES: Record<string, number> = { '00': 10, '01': 12, '02': 15, '03': 17 };

/** Ball diameter as a part of (outside diameter − bore): heavier series have larger balls. */
const BALL_PART: Record<DiameterSeries, number> = {
  '8': 0.293,
  '9': 0.293,
  '0': 0.293,
  '2': 0.293,
  '3': 0.305,
  '4': 0.305,
};
/** Angle that the balls fill during assembly. */
const FILLED_RAD = (190 * Math.PI) / 180;
/**
 * Relative error of a defect order. For the four published ball bearings (series 8 and 2) the rule gives each number of
 * balls, races within 0.9 % and rolling elements within 3.3 %, in addition to slip of 1.5 %. No published bearing of
 * the heavier series was available: there a part is not named.
 */
const TOLERANCE: Record<DiameterSeries, number> = { '8': 0.02, '9': 0.02, '0': 0.02, '2': 0.02, '3': 0.04, '4': 0.04 };

export interface DerivedBearing extends BearingGeometry {
  designation: string;
  source: string;
  /** Relative tolerance of its defect orders. */
  tolerance: number;
}

/**
 * Inner geometry of a deep groove ball bearing from its boundary dimensions, since makers publish only those: a pitch
 * diameter at the mean of bore and outside diameter, balls of 0.293 of their difference (0.305 in heavy series), as
 * many as fill 190° of the pitch circle with the inner ring pushed to one side (Conrad's assembly): n = 1 + φ / (2
 * asin(Dw / Dp)), rounded.
 */
function derivedGeometry(boreMm: number, outsideMm: number, series: DiameterSeries): BearingGeometry {
  const pitchDiameterMm = (boreMm + outsideMm) / 2;
  const elementDiameterMm = BALL_PART[series] * (outsideMm - boreMm);
  const rollingElements = Math.round(1 + FILLED_RAD / (2 * Math.asin(elementDiameterMm / pitchDiameterMm)));
  return { rollingElements, elementDiameterMm, pitchDiameterMm, contactAngleDeg: 0 };
}

/** All designations that the rule covers, with bore and outside diameter in mm, and their diameter series. */
export const DERIVED: ReadonlyMap<string, readonly [bore: number, outside: number, series: DiameterSeries]> = new Map(
  Object.entries(SERIES).flatMap(([series, diameter]) =>
    Object.entries(OUTSIDE[diameter]).flatMap(([bore, outside]) => {
      const code = boreCode(series, Number(bore));
      return code === null ? [] : [[`${series}${code}`, [Number(bore), outside, diameter]] as const];
    }),
  ),
);

/**
 * A designation with or without maker and suffixes, such as `SKF 6308-2Z/C3`; null for a series that is not covered.
 */
export function deriveBearing(name: string): DerivedBearing | null {
  const words = name.toUpperCase().match(/(?:UC|UE[LR]|UK|SA|SB|HC|YAR)\s?[23]\d\d(?!\d)|(?<!\d)\d{3,5}(?!\d)/g) ?? [];
  const designation = words.map((w) => w.replace(/\s/, '')).find((w) => DERIVED.has(w));
  const dimensions = designation === undefined ? undefined : DERIVED.get(designation);
  if (designation === undefined || dimensions === undefined) return null;
  const [bore, outside, series] = dimensions;
  const source = `derived from ${bore} × ${outside} mm, ISO 15`;
  return { designation, source, tolerance: TOLERANCE[series], ...derivedGeometry(bore, outside, series) };
}

/**
 * Bore code: below 10 mm the bore itself, from 20 mm on a fifth of it; wide bearings have no small bores. Insert
 * bearings are covered if their rings have the ISO 15 size of their code: from 20 mm on, or 25 mm in the heavy series
 * and with a tapered bore. Smaller ones (UC 201 to UC 203) have the ring of a larger code, which differs between
 * makers.
 */
function boreCode(series: string, bore: number): string | null {
  const isHoused = /^[A-Z]/.test(series);
  if (isHoused && (bore < (/3$|^UK/.test(series) ? 25 : 20) || bore > 140)) return null;
  if (bore < 10) return series === '60' || series === '62' || series === '63' ? String(bore) : null;
  const first = Object.entries(FIRST_BORES).find(([, mm]) => mm === bore);
  return first ? first[0] : String(bore / 5).padStart(2, '0');
}

function pairs(text: string): Record<number, number> {
  return Object.fromEntries(text.split(' ').map((pair) => pair.split(':').map(Number)));
}
