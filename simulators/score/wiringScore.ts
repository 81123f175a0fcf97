import type { AlertRecord, WiringFault } from '#models/contracts/alert.ts';
import type { SimulatedMachineConfig } from '../scenario.ts';
import { wiringBeginsS } from '../wiringFaults.ts';

/** A wiring fault of the scenario, and what was reported on it. */
export interface WiringScore {
  kind: WiringFault;
  machine: string;
  found: boolean;
  /** From its beginning to the report, in the plant's seconds; null: no report. */
  delayS: number | null;
}

/** A report of a wiring fault that the scenario does not have. */
export interface WiringAccusation {
  machine: string;
  kind: WiringFault;
  atS: number;
  text: string;
}

/** A fault concerns two machines if a signal of one arrives at the other. */
function machinesOf({
  name,
  wiring,
}: SimulatedMachineConfig): { kind: WiringFault; machine: string; others: string[]; beginsS: number }[] {
  return wiring.map((fault) => {
    const reference = fault.kind === 'swapped_sensors' ? fault.with : fault.kind === 'duplicate_signal' ? fault.of : '';
    const other = reference.includes('/') ? reference.split('/')[0] : name;
    return { kind: fault.kind, machine: name, others: [name, other], beginsS: wiringBeginsS(fault) };
  });
}

/** Compares the reports to integrators with the machines' wiring faults. */
export function scoreWiring(
  machines: readonly SimulatedMachineConfig[],
  alerts: readonly AlertRecord[],
  beginMs: number,
): { wiring: WiringScore[]; accusations: WiringAccusation[] } {
  const faults = machines.flatMap(machinesOf);
  const reports = alerts
    .flatMap(({ wiring, asset, raisedAtMs, text }) =>
      wiring ? [{ kind: wiring.kind, machine: asset, atS: (raisedAtMs - beginMs) / 1000, text }] : [],
    )
    .sort((a, b) => a.atS - b.atS);
  const isOf = (report: WiringAccusation, { kind, others, beginsS }: (typeof faults)[number]) =>
    report.kind === kind && others.includes(report.machine) && report.atS >= beginsS;
  const wiring = faults.map((fault): WiringScore => {
    const report = reports.find((r) => isOf(r, fault));
    const delayS = report ? report.atS - fault.beginsS : null;
    return { kind: fault.kind, machine: fault.machine, found: report !== undefined, delayS };
  });
  return { wiring, accusations: reports.filter((report) => !faults.some((fault) => isOf(report, fault))) };
}
