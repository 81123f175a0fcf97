/** State carried from row to row: the last rows, and the averages. */
export interface ProcessState {
  past: number[][];
  levels: number[];
  /** State of the panel members beside a machine's own model; absent if there are none, or before their first row. */
  members?: Float64Array;
  /** The next row follows a gap: members keep what they learned, and discard their recent past. */
  follows?: 'gap';
}

/** A panel member whose limit a row exceeds, with the channel and the ratio. */
export interface MemberEvidence {
  member: string;
  channel: string;
  ratio: number;
}

export interface ProcessScore {
  /** 1 is the limit. */
  index: number;
  /** The channels that contribute to it, the largest first. */
  channels: string[];
  /**
   * With panel members beside the model: the model's own index, and the members whose limit is exceeded, largest first.
   */
  level?: number;
  by?: MemberEvidence[];
}
