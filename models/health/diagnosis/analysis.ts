import type { Fault } from '#models/contracts/alert.ts';
import type { BearingFault } from './bearingLines.ts';
import type { MachineCandidate, MachineFault, Stage } from './faultRule.ts';
import type { RecordingIso } from './severity.ts';

export interface Candidate {
  fault: BearingFault | MachineFault;
  /** 0 to 1: a half where its score is at the limit and no other fault is as likely. */
  confidence: number;
  /**
   * Of a bearing's fault about −ln of the probability of such lines by chance; of a machine's fault the least of its
   * conditions, its pattern is there from 1 on.
   */
  score: number;
}

/** What one recording says of a machine, on its own or beside what was normal for it. */
export interface Analysis {
  /** `watch`: signs of a fault, too weak to be called. Only `fault` is worth an alert by itself. */
  verdict: 'healthy' | 'watch' | 'fault' | 'undetermined' | 'not_assessable';
  /** Of `fault` what it is, of `watch` what it may become. */
  fault: Fault | null;
  /** Which kind of gear or electrical fault, where that can be told. */
  mode?: MachineCandidate['mode'];
  /** 1 early to 4 near failure, as `docs/guides/diagnosis.md` defines them; null where no fault is seen. */
  stage: Stage | null;
  confidence: number;
  /**
   * All bearing faults, the likeliest first, whatever the verdict; then faults of the machine that are half as clear as
   * a call asks for. A machine's fault that is called stands before all.
   */
  candidates: Candidate[];
  /** Reasons for and against the verdict, a sentence each. */
  evidence: string[];
  /** Mean over the recording's windows. */
  features: Record<string, number>;
  iso: RecordingIso;
  reason: string;
  /** What would allow a verdict; only where there is none. */
  remedy?: string;
  /** Parts of the bearing whose line is lower than the shaft's beside it. */
  masked?: readonly string[];
  /** The fault of the machine that is called, also where the bearing's goes first, and its pattern in mm/s RMS. */
  machine?: Verdict & { velocityMmPerS: number };
}

export type Verdict = Pick<Analysis, 'verdict' | 'fault' | 'stage' | 'confidence' | 'reason' | 'mode'>;
