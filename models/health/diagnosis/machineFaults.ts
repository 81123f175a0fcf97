import { belt, bladePass, cavitation, electrical, gear } from './drivetrainFaults.ts';
import {
  atLeast,
  atLeastCount,
  atMost,
  candidate,
  type MachineCandidate,
  type MachineFaultContext,
  type MachineFindings,
  mm,
  type Rule,
  rss,
  type Stage,
  share,
} from './faultRule.ts';
import { MachineLines, type SensorSpectrum, SUB_ORDERS } from './machineLines.ts';
import { type Severity, zoneOf } from './severity.ts';

const HARMONICS = 10;
/** Even a pattern that explains the whole vibration may have another cause. */
const MAX_SURE = 0.95;

/**
 * Faults of a machine by rules on the lines of its spectra. Sources of the rules: ISO 13373-3:2015, annexes A to D;
 * Randall, "Vibration-based Condition Monitoring" (2011), ch. 2; Thomson & Fenger, IEEE Ind. Appl. Mag. 7 (2001) on
 * broken rotor bars. Limits are parts of ISO 20816-3's zone limit and are listed in `docs/guides/diagnosis.md`.
 */
export function machineFaults(sensors: readonly SensorSpectrum[], context: MachineFaultContext): MachineFindings {
  const lines = new MachineLines(sensors, context.shaftHz, context.drivetrain);
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
  findings.candidates = findings.candidates
    .map((c) => withNormal(c, context.normalMmPerS))
    .map((c) => ({ ...c, ...stageOf(c, context.severity) }));
  findings.candidates.sort((a, b) => b.score - a.score);
  return findings;
}

/** A pattern within the machine's total baseline velocity may have been there all along. */
function withNormal(candidate: MachineCandidate, normalMmPerS = 0): MachineCandidate {
  const { velocityMmPerS, score, reasons } = candidate;
  if (velocityMmPerS === 0 || velocityMmPerS >= normalMmPerS) return candidate;
  const against = `against: ${mm(velocityMmPerS)} may have been there all along: the machine had ${mm(normalMmPerS)}`;
  return { ...candidate, score: Math.min(score, velocityMmPerS / normalMmPerS), reasons: [...reasons, against] };
}

function stageOf({ fault, score, velocityMmPerS }: MachineCandidate, severity: Severity) {
  const whole = severity.velocityMmPerS ?? 0;
  const explains = whole > 0 ? Math.min(MAX_SURE, (velocityMmPerS / whole) ** 2) : 0;
  if (score < 1) return { stage: 1, called: false, explains } as const;
  if (velocityMmPerS === 0) return { stage: 2, called: true, explains } as const;
  const [, , limitC] = severity.limitsMmPerS;
  const zone = zoneOf(velocityMmPerS, severity.limitsMmPerS);
  // A resonant frame shows many harmonics, too: looseness is a fault only if it alone is in zone D.
  const called = severity.supports && (fault !== 'looseness' || zone === 3);
  const stage: Stage = !called ? 1 : velocityMmPerS > 2 * limitC ? 4 : zone === 3 ? 3 : 2;
  return { stage, called, explains };
}

const harmonics = (lines: MachineLines, direction: 'radial' | 'axial' = 'radial') =>
  Array.from({ length: HARMONICS }, (_, i) => lines.velocity(i + 1, direction));

/** Without a matching rule, velocity concentrated at 1× and 2× points to the shaft without identifying the fault. */
const SHAFT_SHARE = 0.5;

export interface ShaftSuspicion {
  /** The part of the vibration's power at 1× and 2×. */
  explains: number;
  reason: string;
}

/**
 * Suspicion of the shaft in zone C or D if no pattern is complete: too little at 1× for an unbalance, but half of the
 * velocity at 1× and 2×, with 1× the larger. Misalignment and a bent shaft look like this from a single sensor, but so
 * do other causes: never a call. Null if not suspected.
 */
export function suspectShaft(
  sensors: readonly SensorSpectrum[],
  shaftHz: number,
  severity: Severity,
): ShaftSuspicion | null {
  const { velocityMmPerS = 0, zone } = severity;
  if (zone < 2) return null;
  const lines = new MachineLines(sensors, shaftHz);
  const [first, second] = [1, 2].map((order) =>
    Math.max(lines.velocity(order, 'radial'), lines.velocity(order, 'axial')),
  );
  const shaft = Math.hypot(first, second);
  const subs = rss(SUB_ORDERS.map((o) => lines.velocity(o)));
  if (first < second || shaft < SHAFT_SHARE * velocityMmPerS || subs > 0.35 * shaft) return null;
  const reason = `${share(shaft, velocityMmPerS)} of the velocity lies at 1× (${mm(first)}) and 2× (${mm(second)}), too little for unbalance alone`;
  return { explains: Math.min(MAX_SURE, (shaft / velocityMmPerS) ** 2), reason };
}

/** A causal pattern carries half of the power; in velocity that is its square root. */
const HALF_OF_POWER = Math.SQRT1_2;

/** Ratio of 2× to 1× above which growth may be a bent shaft: docs/decisions/0026-unbalance-or-bent-shaft.md. */
const WITH_SECOND = 0.12;

/** Without an axial sensor a bent shaft differs from unbalance in its 2× alone. */
const unbalance: Rule = (lines, { limitMmPerS, velocityMmPerS, normalMmPerS }, { candidates }) => {
  const v = harmonics(lines);
  const axial = lines.velocity(1, 'axial');
  const subs = rss(SUB_ORDERS.map((o) => lines.velocity(o)));
  const isOpen = normalMmPerS !== undefined && !lines.hasAxial && v[1] >= WITH_SECOND * v[0];
  candidates.push(
    candidate(isOpen ? 'unbalance_or_bent_shaft' : 'unbalance', v[0], [
      atLeast(`${mm(v[0])} at 1×`, v[0], 0.5 * limitMmPerS),
      atLeast(`${share(v[0], velocityMmPerS)} of the velocity lies at 1×`, v[0], HALF_OF_POWER * velocityMmPerS),
      atMost(`2× is ${share(v[1], v[0])} of 1×`, v[1], 0.5 * v[0]),
      atMost(`${mm(subs)} between the harmonics`, subs, 0.35 * v[0]),
      ...(lines.hasAxial ? [atMost(`axially ${mm(axial)} at 1×`, axial, 0.4 * v[0])] : []),
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
      atLeast(`${mm(second)} at 2×`, second, 0.35 * limitMmPerS),
      atLeast(`2× is ${share(second, v[0])} of 1×`, second, 0.5 * Math.max(v[0], 0.5 * axial)),
      atMost(`${share(high, rss(v))} of the harmonics lie above 3×`, high, 0.35 * rss(v)),
    ]),
  );
};

const bentShaft: Rule = (
  lines,
  { limitMmPerS, shaftHz, drivetrain: { beltOrder = 0 } },
  { candidates, notAssessable },
) => {
  if (!lines.hasAxial || !lines.hasRadial) {
    const reason = 'a bent shaft differs from misalignment in its axial motion relative to the radial one';
    notAssessable.push({ fault: 'bent_shaft', reason, remedy: 'measure both' });
    return;
  }
  const [first, second] = [lines.velocity(1, 'axial'), lines.velocity(2, 'axial')];
  const v = harmonics(lines);
  const radial = Math.max(v[0], lines.ceiling(1));
  // The belt's third line lies near 1×: its first two show whether it may be that one.
  const belt = beltOrder > 0 ? [1, 2].map((k) => lines.velocityAt(k * beltOrder * shaftHz)) : [];
  const between = rss([...SUB_ORDERS.map((o) => lines.velocity(o)), ...belt]);
  candidates.push(
    candidate('bent_shaft', Math.max(first, v[0]), [
      atLeast(`axially ${mm(first)} at 1×`, first, 0.5 * limitMmPerS),
      atLeast(`that is ${share(first, radial)} of the radial 1×`, first, 0.5 * radial),
      atMost(`${mm(between)} between the harmonics`, between, 0.5 * Math.max(v[0], first)),
      atMost(`axially ${mm(second)} at 2×`, second, 0.7 * first),
      atMost(`radially ${mm(v[1])} at 2×`, v[1], 0.5 * Math.max(v[0], first)),
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
      atLeast(`${high} of the harmonics 3× to 10× are strong`, high, 5),
      atLeast(`${mm(rss(v))} in the harmonics`, rss(v), 0.5 * limitMmPerS),
      atMost(
        `the largest is ${share(largest, rss(v))} of them: no resonance picks it out`,
        largest,
        HALF_OF_POWER * rss(v),
      ),
      atMost(`${mm(subs)} between the harmonics`, subs, 0.3 * rss(v)),
    ]),
  );
};

const rub: Rule = (lines, { limitMmPerS }, { candidates }) => {
  const first = lines.velocity(1);
  const subs = SUB_ORDERS.map((o) => lines.velocity(o));
  const strong = subs.filter((x) => x >= 0.08 * first && x > 0).length;
  candidates.push(
    candidate('rub', rss(subs), [
      atLeastCount(`lines at ${strong} fractions of the shaft's rate`, strong, 3),
      atLeast(`${mm(rss(subs))} between the harmonics`, rss(subs), 0.15 * limitMmPerS),
    ]),
  );
};
