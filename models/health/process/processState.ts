/** What is carried from row to row: the last rows, and the averages. */
export interface ProcessState {
  past: number[][];
  levels: number[];
  /** Of the panel's members beside a machine's own model; absent where it has none, or they have judged no row yet. */
  members?: Float64Array;
  /** The next row comes after a gap: members keep what they learned, and forget their recent past. */
  follows?: 'gap';
}

/** A member of a panel whose limit a row exceeds: in which channel, and how many times. */
export interface MemberEvidence {
  member: string;
  channel: string;
  ratio: number;
}

export interface ProcessScore {
  /** 1 is the limit. */
  index: number;
  /** The channels that moved it, the one that moved it most first. */
  channels: string[];
  /** Where members of a panel judge beside the model: the model's own index, and the members whose limit is exceeded, the largest first. */
  level?: number;
  by?: MemberEvidence[];
}
