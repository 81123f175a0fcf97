import type { Fault } from '#models/contracts/alert.ts';
import { type Drivetrain, polePassHz } from '#models/machine/drivetrain.ts';
import { MachineLines, type SensorSpectrum, SPEED_PART } from './machineLines.ts';

/** Faults that are told by rules on lines at known places. */
export type MachineFault = Exclude<
  Fault,
  'outer_race' | 'inner_race' | 'ball' | 'cage' | 'process_drift' | 'undetermined'
>;

export interface MachineFaultContext {
  shaftHz: number;
  drivetrain: Drivetrain;
  /** RMS velocity in mm/s at which ISO asks for a remedy: the upper limit of zone B. */
  limitMmPerS: number;
}

export interface MachineCandidate {
  fault: MachineFault;
  /** Which kind of it, where that can be told. */
  mode?: 'wear' | 'broken_tooth' | 'rotor_bar' | 'stator';
  /** The least of its conditions, each as a part of what it asks for; called from 1 on. */
  score: number;
  /** What speaks for it, and against it, a sentence each. */
  reasons: string[];
}

export interface MachineFindings {
  /** The likeliest first. */
  candidates: MachineCandidate[];
  /** Faults whose lines cannot be placed or told apart, and what would change that. */
  notAssessable: { fault: MachineFault; reason: string; remedy: string }[];
}

/** A condition: what it says, and how far it is met (1: just). */
interface Condition {
  text: string;
  met: number;
}

const HARMONICS = 10;
const SUB_ORDERS = [1 / 3, 1 / 2, 2 / 3, 3 / 2, 5 / 2] as const;
/** No condition counts for more than this: a fault is as likely as the condition that it meets least. */
const MOST = 3;
const CAVITATION_FROM_HZ = 2500;
const CAVITATION_G = 0.3;

/**
 * Faults of a machine by rules on the lines of its spectra. Sources of the rules: ISO 13373-3:2015, annexes A to D;
 * Randall, "Vibration-based Condition Monitoring" (2011), ch. 2; Thomson & Fenger, IEEE Ind. Appl. Mag. 7 (2001) on
 * broken rotor bars. Limits are parts of ISO 20816-3's zone limit and are listed in `docs/guides/diagnosis.md`.
 */
export function machineFaults(sensors: readonly SensorSpectrum[], context: MachineFaultContext): MachineFindings {
  const lines = new MachineLines(sensors, context.shaftHz);
  const findings: MachineFindings = { candidates: [], notAssessable: [] };
  for (const rule of [
    unbalance,
    misalignment,
    bentShaft,
    looseness,
    rub,
    gear,
    belt,
    bladePass,
    cavitation,
    electrical,
  ])
    rule(lines, context, findings);
  findings.candidates.sort((a, b) => b.score - a.score);
  return findings;
}

const rss = (values: readonly number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
const mm = (v: number) => `${v.toFixed(2)} mm/s`;

/** `value` should reach `least`. */
const reaches = (text: string, value: number, least: number): Condition => ({
  text,
  met: Math.min(MOST, value / Math.max(least, 1e-9)),
});
/** `value` should stay below `most`. */
const stays = (text: string, value: number, most: number): Condition => ({
  text,
  met: Math.min(MOST, most / Math.max(value, 1e-9)),
});

function candidate(fault: MachineFault, conditions: readonly Condition[], mode?: MachineCandidate['mode']) {
  const score = Math.min(...conditions.map((c) => c.met));
  const reasons = conditions.map(({ text, met }) => `${met >= 1 ? 'for' : 'against'}: ${text}`);
  return { fault, ...(mode ? { mode } : {}), score: Number(score.toFixed(3)), reasons };
}

type Rule = (lines: MachineLines, context: MachineFaultContext, findings: MachineFindings) => void;

const harmonics = (lines: MachineLines, direction: 'radial' | 'axial' = 'radial') =>
  Array.from({ length: HARMONICS }, (_, i) => lines.velocity(i + 1, direction));

const unbalance: Rule = (lines, { limitMmPerS }, { candidates }) => {
  const v = harmonics(lines);
  const axial = lines.velocity(1, 'axial');
  candidates.push(
    candidate('unbalance', [
      reaches(`${mm(v[0])} at 1×`, v[0], 0.5 * limitMmPerS),
      reaches(`${share(v[0], rss(v))} of the shaft's harmonics lie at 1×`, v[0], 0.87 * rss(v)),
      ...(lines.hasAxial ? [stays(`axially ${mm(axial)} at 1×`, axial, 0.4 * v[0])] : []),
    ]),
  );
};

const misalignment: Rule = (lines, { limitMmPerS }, { candidates }) => {
  const v = harmonics(lines);
  const axial = Math.max(lines.velocity(1, 'axial'), lines.velocity(2, 'axial'));
  const second = Math.max(v[1], lines.velocity(2, 'axial'));
  const high = rss(v.slice(3));
  candidates.push(
    candidate('misalignment', [
      reaches(`${mm(second)} at 2×`, second, 0.35 * limitMmPerS),
      reaches(`2× is ${share(second, v[0])} of 1×`, second, 0.5 * Math.max(v[0], 0.5 * axial)),
      stays(`${share(high, rss(v))} of the harmonics lie above 3×`, high, 0.35 * rss(v)),
    ]),
  );
};

const bentShaft: Rule = (lines, { limitMmPerS }, { candidates, notAssessable }) => {
  if (!lines.hasAxial || !lines.hasRadial) {
    const reason = 'a bent shaft is told by its axial motion beside its radial one, and only one of them is measured';
    notAssessable.push({ fault: 'bent_shaft', reason, remedy: 'measure both' });
    return;
  }
  const [first, second] = [lines.velocity(1, 'axial'), lines.velocity(2, 'axial')];
  const v = harmonics(lines);
  candidates.push(
    candidate('bent_shaft', [
      reaches(`axially ${mm(first)} at 1×`, first, 0.5 * limitMmPerS),
      reaches(`that is ${share(first, v[0])} of the radial 1×`, first, 0.5 * v[0]),
      stays(`axially ${mm(second)} at 2×`, second, 0.7 * first),
      stays(`radially ${mm(v[1])} at 2×`, v[1], 0.5 * Math.max(v[0], first)),
    ]),
  );
};

const looseness: Rule = (lines, { limitMmPerS }, { candidates }) => {
  const v = harmonics(lines);
  const largest = Math.max(...v);
  const high = v.slice(2).filter((x) => x >= 0.12 * largest && x > 0).length;
  const subs = rss(SUB_ORDERS.map((o) => lines.velocity(o)));
  candidates.push(
    candidate('looseness', [
      reaches(`${high} of the harmonics 3× to 10× are strong`, high, 5),
      reaches(`${mm(rss(v))} in the harmonics`, rss(v), 0.5 * limitMmPerS),
      stays(`${mm(subs)} between the harmonics`, subs, 0.3 * rss(v)),
    ]),
  );
};

const rub: Rule = (lines, { limitMmPerS }, { candidates }) => {
  const first = lines.velocity(1);
  const subs = SUB_ORDERS.map((o) => lines.velocity(o));
  const strong = subs.filter((x) => x >= 0.08 * first && x > 0).length;
  candidates.push(
    candidate('rub', [
      reaches(`lines at ${strong} fractions of the shaft's rate`, strong, 3),
      reaches(`${mm(rss(subs))} between the harmonics`, rss(subs), 0.15 * limitMmPerS),
    ]),
  );
};

const gear: Rule = (lines, { shaftHz, drivetrain: { teeth } }, { candidates, notAssessable }) => {
  if (teeth === undefined) {
    notAssessable.push({ fault: 'gear', reason: 'the number of teeth is unknown', remedy: 'give it: teeth' });
    return;
  }
  const meshes = [1, 2, 3].map((k) => lines.accelerationAt(k * teeth * shaftHz));
  const sides = [1, 2].flatMap((k) =>
    [-3, -2, -1, 1, 2, 3].map((s) => lines.accelerationAt((k * teeth + s) * shaftHz)),
  );
  const present = sides.filter((s) => s > 0).length;
  const mode = lines.kurtosis > 4.5 ? 'broken_tooth' : 'wear';
  const conditions = [
    reaches(`${present} of 12 sidebands about the gear mesh`, present, 6),
    reaches(
      `sidebands of ${share(rss(sides), rss(meshes))} of the mesh`,
      rss(sides),
      0.5 * Math.max(rss(meshes), 0.02),
    ),
  ];
  const impacts = `kurtosis ${lines.kurtosis.toFixed(1)}: ${mode === 'wear' ? 'no' : 'one'} tooth strikes out`;
  candidates.push(candidate('gear', [...conditions, { text: impacts, met: MOST }], mode));
};

const belt: Rule = (lines, { shaftHz, limitMmPerS, drivetrain: { beltOrder } }, { candidates, notAssessable }) => {
  if (beltOrder === undefined) {
    notAssessable.push({ fault: 'belt', reason: 'the belt’s rate is unknown', remedy: 'give it: beltOrder' });
    return;
  }
  const v = [1, 2, 3, 4].map((k) => lines.velocityAt(k * beltOrder * shaftHz));
  const present = v.filter((x) => x > 0).length;
  candidates.push(
    candidate('belt', [
      reaches(`lines at ${present} multiples of the belt's rate`, present, 2),
      reaches(`${mm(rss(v))} at them`, rss(v), 0.25 * limitMmPerS),
    ]),
  );
};

const bladePass: Rule = (lines, { limitMmPerS, drivetrain: { blades } }, { candidates, notAssessable }) => {
  if (blades === undefined) {
    notAssessable.push({ fault: 'blade_pass', reason: 'the number of blades is unknown', remedy: 'give it: blades' });
    return;
  }
  const [pass, twice] = [lines.velocity(blades), lines.velocity(2 * blades)];
  const first = lines.velocity(1);
  candidates.push(
    candidate('blade_pass', [
      reaches(`${mm(pass)} at ${blades}×, the blades' rate (${mm(twice)} at twice that)`, pass, 0.35 * limitMmPerS),
      reaches(`that is ${share(pass, first)} of 1×`, pass, 0.7 * first),
    ]),
  );
};

const cavitation: Rule = (lines, { drivetrain: { blades } }, { candidates, notAssessable }) => {
  const { g, flatness } = lines.above(CAVITATION_FROM_HZ);
  if (blades === undefined || g === 0) {
    const reason = blades === undefined ? 'no machine with blades' : 'the rate is too low for its noise';
    notAssessable.push({ fault: 'cavitation', reason, remedy: blades === undefined ? 'give blades' : 'sample faster' });
    return;
  }
  candidates.push(
    candidate('cavitation', [
      reaches(`${g.toFixed(2)} g above ${CAVITATION_FROM_HZ} Hz`, g, CAVITATION_G),
      reaches(`flatness ${flatness.toFixed(2)} there: noise rather than lines`, flatness, 0.35),
      stays(`kurtosis ${lines.kurtosis.toFixed(1)}: random rather than in a rhythm`, lines.kurtosis, 4.5),
    ]),
  );
};

const electrical: Rule = (lines, { shaftHz, limitMmPerS, drivetrain }, { candidates, notAssessable }) => {
  const { poles, lineHz } = drivetrain;
  if (poles === undefined) {
    notAssessable.push({ fault: 'electrical', reason: 'the number of poles is unknown', remedy: 'give it: poles' });
    return;
  }
  const first = lines.velocity(1);
  const twiceLine = lines.velocityAt(2 * lineHz);
  const near = Math.abs((2 * lineHz) / shaftHz - Math.round((2 * lineHz) / shaftHz)) * shaftHz;
  if (near > 3 * lines.stepHz + SPEED_PART * 2 * lineHz) {
    candidates.push(
      candidate(
        'electrical',
        [
          reaches(`${mm(twiceLine)} at twice the line's frequency`, twiceLine, 0.3 * limitMmPerS),
          reaches(`that is ${share(twiceLine, first)} of 1×`, twiceLine, 0.5 * first),
        ],
        'stator',
      ),
    );
  }
  const passHz = polePassHz(poles, lineHz, shaftHz);
  if (passHz > 0.4 * shaftHz) {
    const reason = `a slip of ${((100 * passHz) / (2 * lineHz)).toFixed(0)} % is no induction motor's with ${poles} poles`;
    notAssessable.push({ fault: 'electrical', reason, remedy: 'check poles, lineHz and speed' });
    return;
  }
  if (passHz < 4 * lines.stepHz) {
    const reason = `sidebands at ${passHz.toFixed(2)} Hz cannot be told from 1× in bins of ${lines.stepHz.toFixed(2)} Hz`;
    notAssessable.push({ fault: 'electrical', reason, remedy: 'record longer, at full load' });
    return;
  }
  const sides = [-2, -1, 1, 2].map((s) => lines.velocityAt(shaftHz + s * passHz));
  const present = sides.filter((s) => s > 0).length;
  candidates.push(
    candidate(
      'electrical',
      [
        reaches(`${present} of 4 sidebands of 1× at the pole-pass rate of ${passHz.toFixed(2)} Hz`, present, 2),
        reaches(`they are ${share(rss(sides), first)} of 1×`, rss(sides), 0.03 * Math.max(first, 0.05 * limitMmPerS)),
      ],
      'rotor_bar',
    ),
  );
};

function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1e-9)).toFixed(0)} %`;
}
