import type { Drivetrain } from '#models/machine/drivetrain.ts';
import { drivetrainOf } from './machineFaults.ts';
import type { Scenario, SimulatedMachineConfig } from './scenario.ts';
import { findMisconfiguration } from './wiring.ts';

/**
 * Health index, in alert limits, that counts as a bearing's end of life in the simulated plant: its plans depend on it.
 */
const END_OF_LIFE = 5;

/** Edge configuration of a scenario's machines, including the scenario's configuration errors. */
export function assetsOf(scenario: Scenario): object {
  return Object.fromEntries(
    scenario.machines.map((m) => [
      m.name,
      {
        kind: m.kind,
        area: m.area,
        line: m.line,
        ...(m.coupling ? { coupledTo: [m.coupling.drivenBy] } : {}),
        endOfLife: { feature: 'index', value: END_OF_LIFE },
        ratedRpm: m.ratedRpm,
        ...(m.iso ? { iso: m.iso } : {}),
        drivetrain: configuredDrivetrain(m),
        points: {
          ...Object.fromEntries(
            m.sensors.map((s) => [
              s,
              { unit: 'g', bearing: findMisconfiguration(m, 'wrong_bearing')?.configured ?? m.bearing },
            ]),
          ),
          speed: { unit: 'rpm', role: 'speed' },
          current: { unit: 'A', role: 'load' },
          temperature: { unit: 'degC' },
          ...(m.kind === 'pump' ? { flow: { unit: 'm3/h', role: 'load' } } : {}),
          ...(m.kind === 'compressor' ? { pressure: { unit: 'bar' } } : {}),
        },
      },
    ]),
  );
}

function configuredDrivetrain(machine: SimulatedMachineConfig): Drivetrain {
  const wrong = findMisconfiguration(machine, 'wrong_mains_frequency');
  return { ...drivetrainOf(machine), ...(wrong ? { lineHz: wrong.configuredHz } : {}) };
}
