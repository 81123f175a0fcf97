import type { Fault } from '#models/contracts/alert.ts';
import { type Drivetrain, polePassHz } from '#models/machine/drivetrain.ts';
import { MachineLines, type SensorSpectrum, SPEED_PART } from './machineLines.ts';
import { type Severity, zoneOf } from './severity.ts';

/** Faults that are told by rules on lines at known places. */
export type MachineFault = Exclude<
  Fault,
  'outer_race' | 'inner_race' | 'ball' | 'cage' | 'bearing' | 'process_drift' | 'undetermined'
>;

export interface MachineFaultContext {
  shaftHz: number;
  drivetrain: Drivetrain;
  severity: Severity;
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
  notAssessable: { fault: MachineFault; reason: string; remedy: string }[];
}

/** A condition: what it says, and how far it is met (1: just). */
interface Condition {
  text: string;
  met: number;
}

/** 1 early to 4 near failure. */
export type Stage = 1 | 2 | 3 | 4;

const HARMONICS = 10;
const SUB_ORDERS = [1 / 3, 1 / 2, 2 / 3, 3 / 2, 5 / 2] as const;
/** No condition counts for more than this: a fault is as likely as the condition that it meets least. */
const MOST = 3;
/** A pattern may be all of a vibration and still have another cause. */
const MOST_SURE = 0.95;
const CAVITATION_FROM_HZ = 2500;
const CAVITATION_G = 0.3;

/**
 * Faults of a machine by rules on the lines of its spectra. Sources of the rules: ISO 13373-3:2015, annexes A to D;
 * Randall, "Vibration-based Condition Monitoring" (2011), ch. 2; Thomson & Fenger, IEEE Ind. Appl. Mag. 7 (2001) on
 * broken rotor bars. Limits are parts of ISO 20816-3's zone limit and are listed in `docs/guides/diagnosis.md`.
 */
export function machineFaults(sensors: readonly SensorSpectrum[], context: MachineFaultContext): MachineFindings {
  const lines = new MachineLines(sensors, context.shaftHz);
  const limitMmPerS = context.severity.limitsMmPerS[1];
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
    rule(lines, { ...context, limitMmPerS, velocityMmPerS: context.severity.velocityMmPerS ?? 0 }, findings);
  findings.candidates = findings.candidates.map((c) => ({ ...c, ...stageOf(c, context.severity) }));
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

/** @param velocityMmPerS of the pattern; 0 where its own conditions say how bad it is. */
function candidate(
  fault: MachineFault,
  velocityMmPerS: number,
  conditions: readonly Condition[],
  mode?: MachineCandidate['mode'],
): MachineCandidate {
  const score = Number(Math.min(...conditions.map((c) => c.met)).toFixed(3));
  const reasons = conditions.map(({ text, met }) => `${met >= 1 ? 'for' : 'against'}: ${text}`);
  return { fault, ...(mode ? { mode } : {}), score, velocityMmPerS, explains: 0, reasons, stage: 1, called: false };
}

/** A pattern is a fault where the level supports one; one that has no velocity brings its own measure. */
function stageOf({ fault, score, velocityMmPerS }: MachineCandidate, severity: Severity) {
  const whole = severity.velocityMmPerS ?? 0;
  const explains = whole > 0 ? Math.min(MOST_SURE, (velocityMmPerS / whole) ** 2) : 0;
  if (score < 1) return { stage: 1, called: false, explains } as const;
  if (velocityMmPerS === 0) return { stage: 2, called: true, explains } as const;
  const [, , limitC] = severity.limitsMmPerS;
  const zone = zoneOf(velocityMmPerS, severity.limitsMmPerS);
  // What many harmonics of a resonant frame look like, too, is a fault only where it alone is in zone D.
  const called = severity.supports && (fault !== 'looseness' || zone === 3);
  const stage: Stage = !called ? 1 : velocityMmPerS > 2 * limitC ? 4 : zone === 3 ? 3 : 2;
  return { stage, called, explains };
}

type RuleContext = MachineFaultContext & { limitMmPerS: number; velocityMmPerS: number };
type Rule = (lines: MachineLines, context: RuleContext, findings: MachineFindings) => void;

const harmonics = (lines: MachineLines, direction: 'radial' | 'axial' = 'radial') =>
  Array.from({ length: HARMONICS }, (_, i) => lines.velocity(i + 1, direction));

/** A pattern that is the cause carries half of the power, so that it is its root in velocity. */
const HALF_OF_POWER = Math.SQRT1_2;

const unbalance: Rule = (lines, { limitMmPerS, velocityMmPerS }, { candidates }) => {
  const v = harmonics(lines);
  const axial = lines.velocity(1, 'axial');
  candidates.push(
    candidate('unbalance', v[0], [
      reaches(`${mm(v[0])} at 1×`, v[0], 0.5 * limitMmPerS),
      reaches(`${share(v[0], velocityMmPerS)} of the velocity lies at 1×`, v[0], HALF_OF_POWER * velocityMmPerS),
      stays(`2× is ${share(v[1], v[0])} of 1×`, v[1], 0.5 * v[0]),
      ...(lines.hasAxial ? [stays(`axially ${mm(axial)} at 1×`, axial, 0.4 * v[0])] : []),
    ]),
  );
};

/** Without an axial sensor a bent shaft and misalignment look alike. */
const misalignment: Rule = (lines, { limitMmPerS }, { candidates }) => {
  const v = harmonics(lines);
  const axial = Math.max(lines.velocity(1, 'axial'), lines.velocity(2, 'axial'));
  const second = Math.max(v[1], lines.velocity(2, 'axial'));
  const high = rss(v.slice(3));
  candidates.push(
    candidate(lines.hasAxial ? 'misalignment' : 'misalignment_or_bent_shaft', rss(v.slice(0, 3)), [
      reaches(`${mm(second)} at 2×`, second, 0.35 * limitMmPerS),
      reaches(`2× is ${share(second, v[0])} of 1×`, second, 0.5 * Math.max(v[0], 0.5 * axial)),
      stays(`${share(high, rss(v))} of the harmonics lie above 3×`, high, 0.35 * rss(v)),
    ]),
  );
};

const bentShaft: Rule = (lines, { limitMmPerS }, { candidates, notAssessable }) => {
  if (!lines.hasAxial || !lines.hasRadial) {
    const reason = 'a bent shaft is told from misalignment by its axial motion beside its radial one';
    notAssessable.push({ fault: 'bent_shaft', reason, remedy: 'measure both' });
    return;
  }
  const [first, second] = [lines.velocity(1, 'axial'), lines.velocity(2, 'axial')];
  const v = harmonics(lines);
  candidates.push(
    candidate('bent_shaft', Math.max(first, v[0]), [
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
  const upper = rss(v.slice(2));
  const high = v.slice(2).filter((x) => x >= 0.12 * largest && x > 0).length;
  const subs = rss(SUB_ORDERS.map((o) => lines.velocity(o)));
  candidates.push(
    candidate('looseness', upper, [
      reaches(`${high} of the harmonics 3× to 10× are strong`, high, 5),
      reaches(`${mm(rss(v))} in the harmonics`, rss(v), 0.5 * limitMmPerS),
      stays(
        `the largest is ${share(largest, rss(v))} of them: no resonance picks it out`,
        largest,
        HALF_OF_POWER * rss(v),
      ),
      stays(`${mm(subs)} between the harmonics`, subs, 0.3 * rss(v)),
    ]),
  );
};

const rub: Rule = (lines, { limitMmPerS }, { candidates }) => {
  const first = lines.velocity(1);
  const subs = SUB_ORDERS.map((o) => lines.velocity(o));
  const strong = subs.filter((x) => x >= 0.08 * first && x > 0).length;
  candidates.push(
    candidate('rub', rss(subs), [
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
  candidates.push(candidate('gear', 0, [...conditions, { text: impacts, met: MOST }], mode));
};

const belt: Rule = (lines, { shaftHz, limitMmPerS, drivetrain: { beltOrder } }, { candidates, notAssessable }) => {
  if (beltOrder === undefined) {
    notAssessable.push({ fault: 'belt', reason: 'the belt’s rate is unknown', remedy: 'give it: beltOrder' });
    return;
  }
  const v = [1, 2, 3, 4].map((k) => lines.velocityAt(k * beltOrder * shaftHz));
  const present = v.filter((x) => x > 0).length;
  candidates.push(
    candidate('belt', rss(v), [
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
    candidate('blade_pass', Math.hypot(pass, twice), [
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
    candidate('cavitation', 0, [
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
        twiceLine,
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
      0,
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
