import { describe, expect, test } from 'vitest';
import { LineSpectrum } from '#models/signal/lineSpectrum.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { drivetrainOf } from '#simulators/machineFaults.ts';
import { MACHINE_FAULTS, type MachineFaultType, simulatedMachineSchema } from '#simulators/scenario.ts';
import { analyzePieces, analyzeRecording } from './analyzeRecording.ts';
import { machineFaults } from './machineFaults.ts';

/** A machine whose level is in zone C. */
const SEVERITY = {
  iso: { assessment: 'not_assessable', reason: '' },
  velocityMmPerS: 3,
  limitsMmPerS: [1.4, 2.8, 4.5],
  zone: 2,
  supports: true,
} as const;
const FACTORS = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const ISO = { group: 2, foundation: 'rigid' } as const;

describe('simulated machines at other rates and lengths, their speed known to 1 %', () => {
  const bearing = { bpfo: 3.245, bpfi: 4.755, bsf: 1.995, ftf: 0.4056 };
  const analyzed = (rpm: number, sampleRateHz: number, seconds: number, fault?: string) => {
    const faults = fault ? [{ type: fault, point: '2H', onsetS: 0, firstG: 0.5, doublingS: 1e9 }] : [];
    const config = { name: 'pump-1', kind: 'pump', ratedRpm: rpm, bearing, sensors: ['2H'], faults };
    const machine = new SimulatedMachine(simulatedMachineSchema.parse(config), 5);
    const samples = machine.waveform('2H', 10, sampleRateHz, Math.round(sampleRateHz * seconds));
    return analyzeRecording(samples, { rpm, sampleRateHz, unit: 'g', factors: bearing, iso: ISO });
  };
  test.each([
    ['outer_race', 900, 20_000, 1],
    ['outer_race', 1797, 20_000, 1],
    ['outer_race', 1797, 97_656, 3],
    ['inner_race', 1797, 25_600, 5],
    ['ball', 1797, 12_800, 10],
  ] as const)('%s at %i rpm, %i Hz, %i s', (fault, rpm, rateHz, seconds) => {
    expect(analyzed(rpm, rateHz, seconds, fault)).toMatchObject({ verdict: 'fault', fault });
  });
  test.each([
    [900, 20_000, 1],
    [1797, 48_828, 3],
  ])('healthy at %i rpm, %i Hz, %i s', (rpm, rateHz, seconds) => {
    expect(analyzed(rpm, rateHz, seconds).verdict).toBe('healthy');
  });
});

/** The machine simulated with each fault, and the expected name of the fault. */
const MACHINE: Record<MachineFaultType, [kind: string, fault: string, mode?: string]> = {
  unbalance: ['pump', 'unbalance'],
  misalignment: ['pump', 'misalignment'],
  bent_shaft: ['pump', 'bent_shaft'],
  looseness: ['fan', 'looseness'],
  rub: ['compressor', 'rub'],
  gear_wear: ['gearbox', 'gear', 'wear'],
  broken_tooth: ['gearbox', 'gear', 'broken_tooth'],
  belt: ['fan', 'belt'],
  blade_pass: ['fan', 'blade_pass'],
  cavitation: ['pump', 'cavitation'],
  rotor_bar: ['motor', 'electrical', 'rotor_bar'],
  stator: ['motor', 'electrical', 'stator'],
};

describe('simulated faults of machines, their speed known to 2 %, radial and axial sensors', () => {
  const rate = 25_600;
  const analyzed = (kind: string, rpm: number, type?: string, mmPerS = 0) => {
    const faults = type ? [{ type, onsetS: 0, firstMmPerS: mmPerS, doublingS: 1e9, limitMmPerS: mmPerS }] : [];
    const config = simulatedMachineSchema.parse({
      name: `${kind}-${type}`,
      kind,
      ratedRpm: rpm,
      bearing: FACTORS,
      sensors: ['2H', '2A'],
      faults,
    });
    const machine = new SimulatedMachine(config, 21);
    const [samples, axial] = ['2H', '2A'].map((s) => machine.waveform(s, 10, rate, 8 * rate));
    const drivetrain = drivetrainOf(config);
    const context = {
      rpm,
      sampleRateHz: rate,
      unit: 'g',
      factors: FACTORS,
      iso: ISO,
      drivetrain,
      axial: [axial],
    } as const;
    return analyzeRecording(samples, context);
  };

  test.each(MACHINE_FAULTS)('%s is named at three severities and two speeds', { timeout: 30_000 }, (type) => {
    const [kind, fault, mode] = MACHINE[type];
    for (const rpm of [1480, 2960]) {
      const stages = [4, 8, 16].map((mmPerS) => {
        const found = analyzed(kind, rpm, type, mmPerS);
        expect(found.candidates.map((c) => c.fault)).toContain(fault);
        // At 4 mm/s peak some stay in zone B, and looseness may be a resonance: nothing is called then.
        const isInB = found.iso?.assessment === 'assessed' && found.iso.zone === 'B';
        if (mmPerS === 4 && found.verdict !== 'fault' && (type === 'looseness' || isInB)) return 1;
        expect([rpm, mmPerS, found.verdict, found.fault, found.mode]).toEqual([rpm, mmPerS, 'fault', fault, mode]);
        expect(found.candidates[0]).toMatchObject({ fault, confidence: found.confidence });
        expect(found.reason).not.toBe('');
        return found.stage ?? 0;
      });
      expect(stages).toEqual(stages.toSorted((x, y) => x - y));
    }
  });

  test.each(['motor', 'pump', 'fan', 'gearbox', 'compressor'])('a healthy %s has none', (kind) => {
    for (const rpm of [990, 1480, 2960]) expect(analyzed(kind, rpm).verdict).toBe('healthy');
  });

  /** Six seconds in frames, from a motor whose speed does not fit its poles at 50 Hz, as on a converter. */
  const offMains = (type: MachineFaultType, rpm: number, seed: number, frame: number) => {
    const faults = [{ type, onsetS: 0, firstMmPerS: 8, doublingS: 1e9, limitMmPerS: 8 }];
    const its = { name: 'm', kind: 'motor', ratedRpm: rpm, bearing: FACTORS, sensors: ['2H'], faults };
    const config = simulatedMachineSchema.parse(its);
    const machine = new SimulatedMachine(config, seed);
    const pieces = Array.from({ length: Math.floor(76_800 / frame) }, (_, i) =>
      machine.waveform('2H', 10 + i / 1000, 12_800, frame),
    );
    const context = { rpm: machine.rpm(10), sampleRateHz: 12_800, unit: 'g', factors: FACTORS, iso: ISO } as const;
    return analyzePieces(pieces, { ...context, drivetrain: drivetrainOf(config), normalVelocityMmPerS: 1 });
  };

  test.each([
    [850, 4096],
    [850, 16_384],
    [1180, 16_384],
    [1200, 4096],
    [1200, 16_384],
  ])(
    'at %i rpm in frames of %i, where slip cannot place its sidebands, a rotor bar is not called unbalance',
    (rpm, frame) => {
      for (const seed of [1, 2, 3]) {
        const bar = offMains('rotor_bar', rpm, seed, frame);
        expect(bar).toMatchObject({ verdict: 'undetermined', remedy: 'check poles, lineHz and speed' });
        expect(bar.reason).toMatch(/^unbalance, or a rotor bar: .*% is no induction motor's/);
        expect(offMains('unbalance', rpm, seed, frame)).toMatchObject({ verdict: 'fault', fault: 'unbalance' });
      }
    },
  );

  test('a large gear’s mesh is not mistaken for its own sidebands', () => {
    const hz = 20;
    const samples = Float32Array.from({ length: 10 * rate }, (_, i) => {
      const t = (2 * Math.PI * i) / rate;
      return 0.02 * Math.sin(hz * t) + 0.3 * Math.sin(340 * hz * t) + 0.02 * Math.sin(12.9898 * (i + 1) * (i + 3));
    });
    const spectrum = new LineSpectrum([samples], rate);
    const sensor = { direction: 'radial', spectrum, unit: 'g', kurtosis: 3 } as const;
    const context = { shaftHz: hz, drivetrain: { lineHz: 50, teeth: 340 }, severity: SEVERITY };
    const gear = machineFaults([sensor], context).candidates.find((c) => c.fault === 'gear');
    expect(gear?.score).toBeLessThan(0.5);
  });

  test('faults whose lines cannot be placed are not named', () => {
    const machine = new SimulatedMachine(
      simulatedMachineSchema.parse({ name: 'm', kind: 'pump', ratedRpm: 1480, bearing: FACTORS, sensors: ['2H'] }),
      2,
    );
    const spectrum = new LineSpectrum([machine.waveform('2H', 10, rate, 2 * rate)], rate);
    const sensor = { direction: 'radial', spectrum, unit: 'g', kurtosis: 3 } as const;
    const context = { shaftHz: machine.rpm(10) / 60, drivetrain: { lineHz: 50 }, severity: SEVERITY };
    const { notAssessable } = machineFaults([sensor], context);
    expect(notAssessable.map((n) => n.fault).sort()).toEqual(
      ['belt', 'bent_shaft', 'blade_pass', 'cavitation', 'electrical', 'gear'].sort(),
    );
    expect(notAssessable.every((n) => n.reason !== '' && n.remedy !== '')).toBe(true);
  });
});
