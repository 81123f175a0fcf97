import type { Scenario } from '../scenario.ts';
import { type FaultScore, type PlantedFault, type ScoredAlert, scoreFaults } from './faultScore.ts';

/** A product's results on the machines' faults. */
export interface AlertScore {
  faults: FaultScore[];
  missed: number;
  falseAlarms: { machine: string; atS: number; text: string }[];
  /** False alarms per machine in 30 days, at the rate of this run. */
  falsePerMachineMonth: number;
}

const MONTH_S = 30 * 86_400;

/** Compares alerts on machines with the scenario's faults. */
export function scoreAlerts(scenario: Scenario, beginMs: number, alerts: readonly ScoredAlert[]): AlertScore {
  const { machines, score } = scenario;
  const planted = machines.flatMap((m): PlantedFault[] =>
    // A fault that starts after the end cannot be found.
    m.faults
      .filter((f) => f.onsetS < score.durationS)
      .map((f) => ({ machine: m.name, fault: f.type, onsetS: f.onsetS, repairedAtS: f.repairedAtS })),
  );
  const { faults, falseAlarms } = scoreFaults(planted, alerts, beginMs, score.detectWithinS);
  return {
    faults,
    missed: faults.filter((f) => f.delayS === null).length,
    falseAlarms: falseAlarms.map(({ asset, raisedAtMs, text }) => ({
      machine: asset,
      atS: (raisedAtMs - beginMs) / 1000,
      text,
    })),
    falsePerMachineMonth: falseAlarms.length / ((machines.length * score.durationS) / MONTH_S),
  };
}
