import type { Fault } from '#models/contracts/alert.ts';
import type { Drivetrain } from '#models/machine/drivetrain.ts';
import type { MachineLines } from './machineLines.ts';
import type { Severity } from './severity.ts';

/** Faults identified by rules on lines at known frequencies. */
export type MachineFault = Exclude<
  Fault,
  'outer_race' | 'inner_race' | 'ball' | 'cage' | 'bearing' | 'process_drift' | 'undetermined'
>;

export interface MachineFaultContext {
  shaftHz: number;
  drivetrain: Drivetrain;
  severity: Severity;
  /** Baseline velocity of the machine, mm/s RMS: what exceeds it has grown. Absent: unknown. */
  normalMmPerS?: number;
}

export interface MachineCandidate {
  fault: MachineFault;
  /** The kind of fault, where it can be determined. */
  mode?: 'wear' | 'broken_tooth' | 'rotor_bar' | 'stator';
  /** The least of its conditions, each relative to its requirement; the pattern is complete from 1 on. */
  score: number;
  /** RMS of the pattern; 0 for faults not judged by velocity. */
  velocityMmPerS: number;
  /** The pattern's part of the vibration's power, at most 0.95; 0 for faults not judged by velocity. */
  explains: number;
  /** 1: the pattern alone; 2 zone B or C; 3 zone D; 4 above twice zone C's upper limit, by the pattern itself. */
  stage: Stage;
  /** Whether pattern and level together make a fault. */
  called: boolean;
  /** Reasons for and against it, a sentence each. */
  reasons: string[];
}

export interface MachineFindings {
  /** The likeliest first. */
  candidates: MachineCandidate[];
  /** Faults whose lines cannot be placed or resolved, and the remedy. */
  notAssessable: {
    fault: MachineFault;
    mode?: MachineCandidate['mode'];
    reason: string;
    remedy: string;
    /** Level of a shaft harmonic that coincides with a line of this fault, mm/s RMS. */
    sharedMmPerS?: number;
  }[];
}

/** A condition: its text, and how far it is met (1: just). */
interface Condition {
  text: string;
  met: number;
}

/** 1 early to 4 near failure. */
export type Stage = 1 | 2 | 3 | 4;

/** Maximum weight of a condition: a fault is as likely as its weakest condition. */
export const MOST = 3;

export type RuleContext = MachineFaultContext & { limitMmPerS: number; velocityMmPerS: number };
export type Rule = (lines: MachineLines, context: RuleContext, findings: MachineFindings) => void;

/** Root of the sum of squares: the combined RMS of lines. */
export const rss = (values: readonly number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

/** A velocity in mm/s RMS as text. */
export const mm = (v: number) => `${v.toFixed(2)} mm/s`;

/** Requires `value` to reach `least`. */
export const atLeast = (text: string, value: number, least: number): Condition => ({
  text,
  met: Math.min(MOST, value / Math.max(least, 1e-9)),
});
/** Requires a count of at least `least`; a higher one adds nothing. */
export const atLeastCount = (text: string, value: number, least: number): Condition => ({
  text,
  met: value >= least ? MOST : value / least,
});
/** Requires `value` to stay below `most`. */
export const atMost = (text: string, value: number, most: number): Condition => ({
  text,
  met: Math.min(MOST, most / Math.max(value, 1e-9)),
});

/**
 * A fault by its pattern: its score is that of its weakest condition.
 * @param velocityMmPerS RMS of the pattern; 0 if its own conditions express its severity.
 */
export function candidate(
  fault: MachineFault,
  velocityMmPerS: number,
  conditions: readonly Condition[],
  mode?: MachineCandidate['mode'],
): MachineCandidate {
  const score = Number(Math.min(...conditions.map((c) => c.met)).toFixed(3));
  const reasons = conditions.map(({ text, met }) => `${met >= 1 ? 'for' : 'against'}: ${text}`);
  return { fault, ...(mode ? { mode } : {}), score, velocityMmPerS, explains: 0, reasons, stage: 1, called: false };
}

/** A part of a whole as text, in percent. */
export function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1e-9)).toFixed(0)} %`;
}
