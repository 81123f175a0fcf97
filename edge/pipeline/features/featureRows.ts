import type { TimeQuality } from '#models/contracts/envelope.ts';
import type { FeatureMessage, Spectrum } from '#models/contracts/featureVector.ts';
import type { Unit } from '#models/contracts/units.ts';

/** A feature message that still lacks its envelope. */
export type FeatureBody = Pick<
  FeatureMessage,
  | 'asset'
  | 'point'
  | 'unit'
  | 'windowUs'
  | 'names'
  | 'startUs'
  | 'values'
  | 'spectrum'
  | 'timeMs'
  | 'timeQuality'
  | 'historical'
>;

export interface RowMeta {
  asset: string;
  point: string;
  unit: Unit;
  windowUs: number;
  names: string[];
  historical?: true;
}

/** Rows per message, which keeps it far below the limits of gateways and brokers. */
const MAX_ROWS = 512;

/**
 * Rounds to seven significant digits, as single precision holds: half the text of all seventeen, on disk and in
 * transport.
 */
function roundToSingle(value: number): number {
  const digits = 6 - Math.floor(Math.log10(Math.abs(value)));
  // Zero and values that no sensor gives are outside the table.
  const scale = SCALES[digits];
  return scale === undefined ? Number(value.toPrecision(7)) : Math.round(value * scale) / scale;
}

/** Powers of ten that are exact: dividing by one of them gives the shortest text. */
const SCALES = Array.from({ length: 23 }, (_, digits) => 10 ** digits);

/**
 * Collects rows of features until they are drained; rows of one shape share a message. Vibration features are rounded;
 * a slow value may be a counter of many digits.
 */
export class FeatureRows {
  readonly #isRounded: boolean;
  #bodies: FeatureBody[] = [];

  constructor(precision: 'single' | 'double' = 'single') {
    this.#isRounded = precision === 'single';
  }

  add(meta: RowMeta, timeQuality: TimeQuality, startUs: number, row: readonly number[], spectrum?: Spectrum): void {
    const values = this.#isRounded ? row.map(roundToSingle) : [...row];
    const timeMs = (startUs + meta.windowUs) / 1000;
    const last = this.#bodies.at(-1);
    const hasSameShape =
      last?.names === meta.names && last.timeQuality === timeQuality && last.historical === meta.historical;
    if (last && hasSameShape && last.values.length < MAX_ROWS) {
      last.startUs.push(startUs);
      last.values.push(values);
      last.timeMs = timeMs;
      if (spectrum) last.spectrum = spectrum;
      return;
    }
    this.#bodies.push({ ...meta, timeQuality, timeMs, startUs: [startUs], values: [values], spectrum });
  }

  take(): FeatureBody[] {
    const bodies = this.#bodies;
    this.#bodies = [];
    return bodies;
  }
}
