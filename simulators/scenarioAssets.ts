import { drivetrainOf } from './machineFaults.ts';
import type { Scenario } from './scenario.ts';

/** What an edge is told of a scenario's machines. */
export function assetsOf(scenario: Scenario): object {
  return Object.fromEntries(
    scenario.machines.map((m) => [
      m.name,
      {
        kind: m.kind,
        ratedRpm: m.ratedRpm,
        ...(m.iso ? { iso: m.iso } : {}),
        drivetrain: drivetrainOf(m),
        points: {
          ...Object.fromEntries(m.sensors.map((s) => [s, { unit: 'g', bearing: m.bearing }])),
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
