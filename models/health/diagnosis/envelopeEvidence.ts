import { type BandEnvelope, bandEnvelopeOf } from '#models/signal/bandEnvelope.ts';
import { RealFft } from '#models/signal/fft.ts';
import { localMedian, medianOf } from '#models/signal/localMedian.ts';

/**
 * How far each line of the envelope spectrum stands out: `excess[k]` is the mean over all bands of log(1 + z) at `k ·
 * stepHz`, with z the power over its local noise level.
 */
export interface EnvelopeEvidence {
  stepHz: number;
  excess: Float64Array;
  /** For each band of `MODULATED`, unwhitened: the squared depth of modulation at each rate. */
  modulation: readonly Float64Array[];
}

/** The largest value within one bin of each: a line seldom lies in the middle of its bin. */
export function withNeighbours(excess: Float64Array): Float64Array {
  return excess.map((v, k) => Math.max(v, excess[k - 1] ?? 0, excess[k + 1] ?? 0));
}

export interface EnvelopePlan {
  sampleRateHz: number;
  /** Samples of the longest piece. */
  longest: number;
  /** Highest frequency of the envelope spectrum that is needed. */
  highestHz: number;
  /** Width of the running median that gives the noise level, Hz. */
  floorHz: number;
}

/** Segment length: the power of two nearest to this; shorter recordings use the longest segment that fits. */
const SEGMENT_S = 5;
const LEVEL_BLOCKS = 1500;
const LEVEL_CLIP = 3;
/** Bands of 1, ½ and ¼ of the spectrum, half overlapped. */
const BAND_PARTS = [1, 2, 4] as const;
/** Bands whose envelopes give the depth of modulation, as parts of the spectrum up to `MODULATED_TO_HZ`. */
const MODULATED = [
  [0.1, 0.3],
  [0.3, 0.6],
  [0.6, 0.97],
] as const;
const MODULATED_TO_HZ = 20_000;
/** Cosine edges of a band, as a part of its width. */
const EDGE = 0.1;
/** Analysis stops at this frequency whatever the sample rate: sensors rarely respond above it. */
const HIGHEST_HZ = 25_600;
const TINY = 1e-300;

interface Band {
  from: number;
  width: number;
  /** Gains of its first bins, and of its last ones in reverse; 1 in between. */
  rise: Float64Array;
  envelope: BandEnvelope;
}

/**
 * Envelope spectra of whitened segments, averaged over segments, standardised by their noise level, averaged over
 * bands.
 * Source: Randall & Antoni, "Rolling element bearing diagnostics — a tutorial", MSSP 25 (2011). Whitening divides the
 * spectrum by its local median magnitude and clips what still stands out, so that tones and resonances weigh no more
 * than the rest. Made for one plan; reusable.
 */
export class EnvelopeAnalyzer {
  readonly length: number;
  readonly stepHz: number;
  readonly #fft: RealFft;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #bands: Band[];
  readonly #modulated: Band[];
  readonly #bins: number;
  readonly #half: number;

  /** @throws RangeError if the longest piece has fewer than 256 samples. */
  constructor(plan: EnvelopePlan) {
    if (plan.longest < 256) throw new RangeError(`a piece of ${plan.longest} samples is too short for an envelope`);
    const nearest = 2 ** Math.round(Math.log2(SEGMENT_S * plan.sampleRateHz));
    this.length = Math.max(256, Math.min(nearest, 2 ** Math.floor(Math.log2(plan.longest))));
    this.stepHz = plan.sampleRateHz / this.length;
    this.#bins = Math.floor(plan.highestHz / this.stepHz) + 2;
    this.#half = Math.max(2, Math.round(plan.floorHz / this.stepHz / 2));
    this.#fft = new RealFft(this.length);
    this.#re = new Float64Array(this.length / 2 + 1);
    this.#im = new Float64Array(this.length / 2 + 1);
    const spectrumBins = Math.floor(Math.min(this.length / 2, HIGHEST_HZ / this.stepHz));
    const band = (from: number, width: number): Band => {
      const size = 2 ** Math.ceil(Math.log2(Math.max(width, 2 * this.#bins)));
      const rise = cosineRise(Math.max(1, Math.round(EDGE * width)));
      return { from, width, rise, envelope: bandEnvelopeOf(size) };
    };
    this.#bands = BAND_PARTS.flatMap((parts) => {
      const width = Math.floor(spectrumBins / parts);
      return Array.from({ length: 2 * parts - 1 }, (_, i) => band(Math.floor((i * width) / 2), width));
    });
    const modulatedBins = Math.floor(Math.min(this.length / 2, MODULATED_TO_HZ / this.stepHz));
    this.#modulated = MODULATED.map(([from, to]) =>
      band(Math.floor(from * modulatedBins), Math.floor((to - from) * modulatedBins)),
    );
  }

  /** @param pieces of one machine at one speed, each without a gap. Those shorter than a segment are ignored. */
  evidence(pieces: readonly Float32Array[]): EnvelopeEvidence {
    const sums = this.#bands.map(() => new Float64Array(this.#bins));
    const modulation = this.#modulated.map(() => new Float64Array(this.#bins));
    let count = 0;
    for (const segment of segments(pieces, this.length)) {
      this.#fft.forward(segment, this.#re, this.#im);
      this.#modulated.forEach((band, b) => {
        this.#fill(band);
        band.envelope.addModulation(modulation[b]);
      });
      whiten(this.#re, this.#im);
      this.#bands.forEach((band, b) => {
        this.#fill(band);
        band.envelope.addPower(sums[b]);
      });
      count++;
    }
    for (const sum of modulation) for (let k = 0; k < sum.length; k++) sum[k] /= Math.max(1, count);
    return { stepHz: this.stepHz, excess: meanExcess(sums, this.#half), modulation };
  }

  /** Copies a band of the spectrum, with tapered edges, into its envelope's input. */
  #fill({ from, width, rise, envelope }: Band): void {
    const { re, im } = envelope;
    re.set(this.#re.subarray(from, from + width));
    im.set(this.#im.subarray(from, from + width));
    re.fill(0, width);
    im.fill(0, width);
    for (let i = 0; i < rise.length; i++) {
      re[i] *= rise[i];
      im[i] *= rise[i];
      re[width - 1 - i] *= rise[i];
      im[width - 1 - i] *= rise[i];
    }
  }
}

function cosineRise(length: number): Float64Array {
  const rise = new Float64Array(length);
  for (let i = 0; i < length; i++) rise[i] = 0.5 - 0.5 * Math.cos((Math.PI * i) / length);
  return rise;
}

/** Segments that cover each piece, overlapped by half or more. */
function* segments(pieces: readonly Float32Array[], length: number): Generator<Float32Array> {
  for (const piece of pieces) {
    const spare = piece.length - length;
    if (spare < 0) continue;
    const steps = Math.ceil(spare / (length / 2));
    for (let s = 0; s <= steps; s++) {
      const from = steps === 0 ? 0 : Math.round((s * spare) / steps);
      yield piece.subarray(from, from + length);
    }
  }
}

/** Divides a spectrum by its local median magnitude, in blocks, clips it and keeps its phase. */
function whiten(re: Float64Array, im: Float64Array): void {
  const width = Math.max(4, Math.ceil(re.length / LEVEL_BLOCKS));
  const magnitude = new Float64Array(width);
  for (let from = 0; from < re.length; from += width) {
    const to = Math.min(from + width, re.length);
    for (let k = from; k < to; k++) magnitude[k - from] = Math.sqrt(re[k] * re[k] + im[k] * im[k]);
    const level = Math.max(TINY, medianOf(magnitude.slice(0, to - from)));
    for (let k = from; k < to; k++) {
      const gain = Math.min(1 / level, LEVEL_CLIP / Math.max(TINY, magnitude[k - from]));
      re[k] *= gain;
      im[k] *= gain;
    }
  }
}

function meanExcess(powers: readonly Float64Array[], half: number): Float64Array {
  const product = new Float64Array(powers[0].length).fill(1);
  for (const power of powers) {
    const floor = localMedian(power, half);
    // The median of an exponential law is ln 2 of its mean.
    for (let k = 0; k < product.length; k++) product[k] *= 1 + (power[k] * Math.LN2) / Math.max(floor[k], TINY);
  }
  return product.map((p) => Math.log(Math.min(p, Number.MAX_VALUE)) / powers.length);
}
