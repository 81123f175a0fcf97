/** A recording read from a file. */
export interface Samples {
  samples: Float32Array;
  /** Present if the file states it. */
  sampleRateHz?: number;
  /** Samples are fractions of full scale, or counts: they need a scale to have a unit. */
  fullScale?: boolean;
  /** What was repaired or left out, one sentence each. */
  notes: string[];
}
