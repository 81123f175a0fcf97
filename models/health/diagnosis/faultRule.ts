import type { Fault } from '#models/contracts/alert.ts';
import type { Drivetrain } from '#models/machine/drivetrain.ts';
import type { MachineLines } from './machineLines.ts';
import type { Severity } from './severity.ts';

/** Faults that are told by rules on lines at known places. */
export type MachineFault = Exclude<
  Fault,
  'outer_race' | 'inner_race' | 'ball' | 'cage' | 'bearing' | 'process_drift' | 'undetermined'
>;

export interface MachineFaultContext {
  shaftHz: number;
  drivetrain: Drivetrain;
  severity: Severity;
  /** The machine's velocity while it was sound, mm/s RMS: what exceeds it has grown. Absent: unknown. */
  normalMmPerS?: number;
}

export interface MachineCandidate {
  fault: MachineFault;
  /** Which kind of it, where that can be told. */
  mode?: 'wear' | 'broken_tooth' | 'rotor_bar' | 'stator';
  /** The least of its conditions, each as a part of what it asks for; its pattern is there from 1 on. */
  score: number;
  /** RMS of the pattern; 0 of faults that are not judged by velocity. */
  velocityMmPerS: number;
  /** The part of the vibration's power that the pattern is, at most 0.95; 0 of faults that are not judged by velocity. */
  explains: number;
  /** 1: the pattern alone; 2 zone B or C; 3 zone D; 4 more than twice its limit, all by the pattern itself. */
  stage: Stage;
  /** Whether pattern and level together make a fault. */
  called: boolean;
  /** What speaks for it, and against it, a sentence each. */
  reasons: string[];
}

export interface MachineFindings {
  /** The likeliest first. */
  candidates: MachineCandidate[];
  /** Faults whose lines cannot be placed or told apart, and what would change that. */
  notAssessable: {
    fault: MachineFault;
    mode?: MachineCandidate['mode'];
    reason: string;
    remedy: string;
    /** Of a harmonic of the shaft that may be a line of this fault, mm/s RMS: their places are the same. */
    sharedMmPerS?: number;
  }[];
}

/** A condition: what it says, and how far it is met (1: just). */
interface Condition {
  text: string;
  met: number;
}

/** 1 early to 4 near failure. */
export type Stage = 1 | 2 | 3 | 4;

/** No condition counts for more than this: a fault is as likely as the condition that it meets least. */
export const MOST = 3;

export type RuleContext = MachineFaultContext & { limitMmPerS: number; velocityMmPerS: number };
export type Rule = (lines: MachineLines, context: RuleContext, findings: MachineFindings) => void;

/** Root of the sum of squares: the RMS of lines together. */
export const rss = (values: readonly number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

/** A velocity in mm/s RMS as text. */
export const mm = (v: number) => `${v.toFixed(2)} mm/s`;

/** `value` should reach `least`. */
export const atLeast = (text: string, value: number, least: number): Condition => ({
  text,
  met: Math.min(MOST, value / Math.max(least, 1e-9)),
});
/** So many should be there; more say no more. */
export const atLeastCount = (text: string, value: number, least: number): Condition => ({
  text,
  met: value >= least ? MOST : value / least,
});
/** `value` should stay below `most`. */
export const atMost = (text: string, value: number, most: number): Condition => ({
  text,
  met: Math.min(MOST, most / Math.max(value, 1e-9)),
});

/**
 * A fault by its pattern: its score is that of the condition that it meets least.
 * @param velocityMmPerS RMS of the pattern; 0 where its own conditions say how bad it is.
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

/** A part of a whole as text, in per cent. */
export function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1e-9)).toFixed(0)} %`;
}
