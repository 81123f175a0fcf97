import { STANDARD_GRAVITY_M_PER_S2 } from '#models/contracts/units.ts';
import { type Drivetrain, directionOf } from '#models/machine/drivetrain.ts';
import type { MachineFaultType, MachineKind, SimulatedMachineConfig } from './scenario.ts';

/** A sine of acceleration at a sensor. */
export interface Tone {
  hz: number;
  g: number;
}

/** What a fault adds to a sensor's signal. */
export interface Symptoms {
  tones: Tone[];
  /** Standard deviation of noise above a quarter of Nyquist, g. */
  noiseG: number;
  /** Height of an impact once per turn, g. */
  impactG: number;
}

export const LINE_HZ = 50;

const BLADES: Partial<Record<MachineKind, number>> = { pump: 6, fan: 9 };
export const TEETH = 31;
const BELT_ORDER = 0.31;

/** Rotating parts of a simulated machine, as configured at an edge. */
export function drivetrainOf({ kind, ratedRpm }: SimulatedMachineConfig): Drivetrain {
  return {
    lineHz: LINE_HZ,
    poles: Math.max(2, 2 * Math.round((60 * LINE_HZ) / ratedRpm)),
    ...(BLADES[kind] ? { blades: BLADES[kind] } : {}),
    ...(kind === 'gearbox' ? { teeth: TEETH } : {}),
    ...(kind === 'fan' ? { beltOrder: BELT_ORDER } : {}),
  };
}

/** Acceleration amplitude of a velocity amplitude, g. */
function gOf(mmPerS: number, hz: number): number {
  return (mmPerS * 2 * Math.PI * hz) / (1000 * STANDARD_GRAVITY_M_PER_S2);
}

/**
 * Symptoms at a sensor of a fault with a severity in mm/s peak of its main line. Patterns as in ISO 13373-3:2015,
 * annexes; amplitudes beside the main line are round numbers.
 */
export function symptoms(
  type: MachineFaultType,
  mmPerS: number,
  sensor: string,
  shaftHz: number,
  drivetrain: Drivetrain,
): Symptoms {
  const axial = directionOf(sensor) === 'axial';
  const none: Symptoms = { tones: [], noiseG: 0, impactG: 0 };
  /** Tones at orders of the shaft, by their share of the severity in radial and axial direction. */
  const orders = (list: readonly (readonly [order: number, radial: number, axial: number])[]): Symptoms => ({
    ...none,
    tones: list.map(([order, radial, along]) => ({
      hz: order * shaftHz,
      g: gOf(mmPerS * (axial ? along : radial), order * shaftHz),
    })),
  });
  const { blades = 6, teeth = TEETH, beltOrder = BELT_ORDER, poles = 4 } = drivetrain;
  const sidebands = (g: number): Tone[] =>
    [1, 2].flatMap((k) =>
      [-3, -2, -1, 1, 2, 3].map((s) => ({ hz: (k * teeth + s) * shaftHz, g: g * (1.1 - 0.3 * Math.abs(s)) })),
    );
  switch (type) {
    case 'unbalance':
      return orders([[1, 1, 0.15]]);
    case 'misalignment':
      return orders([
        [1, 0.6, 0.6],
        [2, 1, 0.8],
        [3, 0.3, 0.2],
      ]);
    case 'bent_shaft':
      return orders([
        [1, 0.8, 1],
        [2, 0.15, 0.35],
      ]);
    case 'looseness':
      return orders(
        Array.from({ length: 10 }, (_, i) => [i + 1, 0.7 * (i + 1) ** -0.5, 0.3 * (i + 1) ** -0.5] as const),
      );
    case 'rub':
      return orders([
        [1 / 3, 0.25, 0.1],
        [1 / 2, 0.5, 0.2],
        [2 / 3, 0.2, 0.1],
        [1, 0.6, 0.2],
        [3 / 2, 0.35, 0.1],
        [2, 0.2, 0.1],
        [5 / 2, 0.2, 0.1],
      ]);
    case 'gear_wear':
      return { ...none, tones: sidebands(0.06 * mmPerS) };
    case 'broken_tooth':
      return { ...none, tones: sidebands(0.05 * mmPerS), impactG: 0.8 * mmPerS };
    case 'belt':
      return orders([1, 2, 3, 4].map((k) => [k * beltOrder, [0.6, 1, 0.3, 0.2][k - 1], 0.2] as const));
    case 'blade_pass':
      return orders([
        [blades, 1, 0.4],
        [2 * blades, 0.3, 0.1],
      ]);
    case 'cavitation':
      return { ...none, noiseG: 0.2 * mmPerS };
    case 'rotor_bar': {
      const polePassOrder = Math.abs((2 * LINE_HZ) / poles / shaftHz - 1) * poles;
      return orders([
        [1, 0.5, 0.1],
        ...[-2, -1, 1, 2].map((s) => [1 + s * polePassOrder, Math.abs(s) === 1 ? 0.15 : 0.05, 0.02] as const),
      ]);
    }
    case 'stator':
      return { ...none, tones: [{ hz: 2 * LINE_HZ, g: gOf(mmPerS * (axial ? 0.2 : 1), 2 * LINE_HZ) }] };
  }
}
