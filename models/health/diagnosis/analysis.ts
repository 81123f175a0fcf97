import type { Fault } from '#models/contracts/alert.ts';
import type { BearingFault } from './bearingLines.ts';
import type { MachineCandidate, MachineFault, Stage } from './faultRule.ts';
import type { RecordingIso } from './severity.ts';

export interface Candidate {
  fault: BearingFault | MachineFault;
  /** 0 to 1: one half where its score is at the limit and no other fault is as likely. */
  confidence: number;
  /**
   * For a bearing fault, about −ln of the probability of such lines by chance; for a machine fault, the least of its
   * conditions: the pattern is complete from 1 on.
   */
  score: number;
}

/** The analysis of one recording of a machine, by itself or against its baseline. */
export interface Analysis {
  /** `watch`: signs of a fault, too weak to be called. Only `fault` justifies an alert by itself. */
  verdict: 'healthy' | 'watch' | 'fault' | 'undetermined' | 'not_assessable';
  /** For `fault` the fault itself, for `watch` the suspected one. */
  fault: Fault | null;
  /** The kind of gear or electrical fault, where it can be determined. */
  mode?: MachineCandidate['mode'];
  /** 1 early to 4 near failure, as `docs/guides/diagnosis.md` defines them; null if no fault is seen. */
  stage: Stage | null;
  confidence: number;
  /**
   * All bearing faults, the likeliest first, whatever the verdict; then machine faults with at least half the score
   * that a call needs. A machine fault that is called comes first.
   */
  candidates: Candidate[];
  /** Reasons for and against the verdict, a sentence each. */
  evidence: string[];
  /** Mean over the recording's windows. */
  features: Record<string, number>;
  iso: RecordingIso;
  reason: string;
  /** What would allow a verdict; only set if there is none. */
  remedy?: string;
  /** Bearing parts whose line is lower than the neighbouring shaft line. */
  masked?: readonly string[];
  /** The machine fault that is called, even if the bearing fault takes precedence, and its pattern in mm/s RMS. */
  machine?: Verdict & { velocityMmPerS: number };
}

export type Verdict = Pick<Analysis, 'verdict' | 'fault' | 'stage' | 'confidence' | 'reason' | 'mode'>;
