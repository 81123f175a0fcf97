/** A recording as it was read from a file. */
export interface Samples {
  samples: Float32Array;
  /** Where the file itself says it. */
  sampleRateHz?: number;
  /** Samples are parts of the full scale, or counts: only a scale makes a unit of them. */
  fullScale?: boolean;
  /** What was repaired or left out, a sentence each. */
  notes: string[];
}
