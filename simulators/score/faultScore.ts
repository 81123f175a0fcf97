import { coveredFaults, type Fault } from '#models/contracts/alert.ts';
import type { SimulatedFault } from '../scenario.ts';

/** How an alert's diagnosis names the fault; `missed`: no alert in time. */
export type DiagnosisRating = 'right' | 'wrong' | 'undetermined' | 'missed';

/** A fault, and what was reported on it. */
export interface FaultScore {
  machine: string;
  fault: SimulatedFault['type'];
  onsetS: number;
  /** From the onset to the alert, in the plant's seconds; null: no alert in time. */
  delayS: number | null;
  said: string | null;
  named: DiagnosisRating;
}

/** The fields of an alert that are scored, from Millwright or another product. */
export interface ScoredAlert {
  asset: string;
  raisedAtMs: number;
  text: string;
  evidence: { diagnosis: { fault: Fault } };
}

export interface PlantedFault extends Pick<FaultScore, 'machine' | 'fault' | 'onsetS'> {
  repairedAtS?: number;
}

/** Diagnosis names of simulated faults where they differ. */
const NAMES: Partial<Record<SimulatedFault['type'], Fault>> = {
  gear_wear: 'gear',
  broken_tooth: 'gear',
  rotor_bar: 'electrical',
  stator: 'electrical',
  temperature_drift: 'process_drift',
};
const nameOf = (fault: SimulatedFault['type']): Fault => NAMES[fault] ?? (fault as Fault);

/**
 * Rating of an alert's latest diagnosis against a fault. A diagnosis that leaves several faults open is right about
 * none of them.
 */
function rateDiagnosis(
  { evidence: { diagnosis } }: ScoredAlert,
  { fault }: PlantedFault,
): Exclude<DiagnosisRating, 'missed'> {
  if (diagnosis.fault === nameOf(fault)) return 'right';
  const isOpen = diagnosis.fault === 'undetermined' || coveredFaults(diagnosis.fault).includes(nameOf(fault));
  return isOpen ? 'undetermined' : 'wrong';
}

/** Whether alert and fault are both of process values, or both of vibration. */
function isOfKind({ evidence }: ScoredAlert, { fault }: PlantedFault): boolean {
  return (evidence.diagnosis.fault === 'process_drift') === (fault === 'temperature_drift');
}

function isThere({ onsetS, repairedAtS = Number.POSITIVE_INFINITY }: PlantedFault, atS: number): boolean {
  return atS >= onsetS && atS < repairedAtS;
}

/**
 * Assigns each alert to its fault: an alert with a name to the fault of that name, one without to a fault without a
 * report so far. An alert with a wrong name counts for a fault without any other alert; if there is none it is false,
 * as it reports a second fault that does not exist.
 * @param alerts on machines, not to integrators. @param withinS seconds after the onset within which an alert counts.
 */
export function scoreFaults(
  faults: readonly PlantedFault[],
  alerts: readonly ScoredAlert[],
  beginMs: number,
  withinS: number,
): { faults: FaultScore[]; falseAlarms: ScoredAlert[] } {
  const of = new Map<PlantedFault, ScoredAlert[]>(faults.map((fault) => [fault, []]));
  const assignAlert = (fault: PlantedFault, alert: ScoredAlert) => of.get(fault)?.push(alert);
  const misnamed: { alert: ScoredAlert; due: PlantedFault[] }[] = [];
  const falseAlarms: ScoredAlert[] = [];
  const byOnset = [...faults].sort((a, b) => a.onsetS - b.onsetS);
  for (const alert of [...alerts].sort((a, b) => a.raisedAtMs - b.raisedAtMs)) {
    const atS = (alert.raisedAtMs - beginMs) / 1000;
    const due = byOnset.filter((f) => f.machine === alert.asset && isThere(f, atS) && isOfKind(alert, f));
    const right = due.find((f) => rateDiagnosis(alert, f) === 'right');
    const open = due.filter((f) => rateDiagnosis(alert, f) === 'undetermined');
    const its = right ?? open.find((f) => of.get(f)?.length === 0) ?? open[0];
    if (its) assignAlert(its, alert);
    else if (due.length > 0) misnamed.push({ alert, due });
    else falseAlarms.push(alert);
  }
  for (const { alert, due } of misnamed) {
    const alone = due.find((f) => of.get(f)?.length === 0);
    if (alone) assignAlert(alone, alert);
    else falseAlarms.push(alert);
  }
  return { faults: faults.map((fault) => scoreOf(fault, of.get(fault) ?? [], beginMs, withinS)), falseAlarms };
}

function scoreOf(planted: PlantedFault, alerts: readonly ScoredAlert[], beginMs: number, withinS: number): FaultScore {
  const { repairedAtS: _, ...fault } = planted;
  const delayOf = (alert: ScoredAlert) => (alert.raisedAtMs - beginMs) / 1000 - fault.onsetS;
  const first = [...alerts].sort((a, b) => a.raisedAtMs - b.raisedAtMs)[0];
  if (!first || delayOf(first) > withinS) return { ...fault, delayS: null, said: first?.text ?? null, named: 'missed' };
  const named = alerts.find((a) => rateDiagnosis(a, fault) === 'right') ?? first;
  return { ...fault, delayS: delayOf(first), said: named.text, named: rateDiagnosis(named, fault) };
}
