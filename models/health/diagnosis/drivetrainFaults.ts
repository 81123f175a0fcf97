import { polePassHz } from '#models/machine/drivetrain.ts';
import { atLeast, atMost, candidate, MOST, mm, type Rule, rss, share } from './faultRule.ts';
import { SPEED_PART } from './machineLines.ts';

const CAVITATION_FROM_HZ = 2500;
const CAVITATION_G = 0.3;
const LINE_APART = 0.4;
/**
 * Sidebands this many bins from 1× are resolved; nearer ones, down to the second value, only above the window's
 * leakage.
 */
const FINE_BINS = 4;
const COARSE_BINS = 2;
const COARSE_SIDES = 0.12;

/**
 * Gear: sidebands at the shaft's rate about the first two harmonics of the mesh, by acceleration. The rules' sources
 * are those of `machineFaults`.
 */
export const gear: Rule = (lines, { shaftHz, drivetrain: { teeth } }, { candidates, notAssessable }) => {
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
    atLeast(`${present} of 12 sidebands about the gear mesh`, present, 6),
    atLeast(
      rss(meshes) > 0
        ? `sidebands of ${share(rss(sides), rss(meshes))} of the mesh`
        : 'sidebands without a line at the mesh',
      rss(sides),
      0.5 * Math.max(rss(meshes), 0.02),
    ),
  ];
  const impacts = `kurtosis ${lines.kurtosis.toFixed(1)}: ${mode === 'wear' ? 'no' : 'one'} tooth strikes out`;
  candidates.push(candidate('gear', 0, [...conditions, { text: impacts, met: MOST }], mode));
};

/** Belt: lines at the first four multiples of the belt's rate, by velocity. Not assessable without that rate. */
export const belt: Rule = (
  lines,
  { shaftHz, limitMmPerS, drivetrain: { beltOrder } },
  { candidates, notAssessable },
) => {
  if (beltOrder === undefined) {
    notAssessable.push({ fault: 'belt', reason: 'the belt’s rate is unknown', remedy: 'give it: beltOrder' });
    return;
  }
  const v = [1, 2, 3, 4].map((k) => lines.velocityAt(k * beltOrder * shaftHz));
  const present = v.filter((x) => x > 0).length;
  candidates.push(
    candidate('belt', rss(v), [
      atLeast(`lines at ${present} multiples of the belt's rate`, present, 2),
      atLeast(`${mm(rss(v))} at them`, rss(v), 0.25 * limitMmPerS),
    ]),
  );
};

/** Blade pass: the line at blades × shaft rate, by velocity, against the zone limit and 1×. */
export const bladePass: Rule = (lines, { limitMmPerS, drivetrain: { blades } }, { candidates, notAssessable }) => {
  if (blades === undefined) {
    notAssessable.push({ fault: 'blade_pass', reason: 'the number of blades is unknown', remedy: 'give it: blades' });
    return;
  }
  const [pass, twice] = [lines.velocity(blades), lines.velocity(2 * blades)];
  const first = Math.max(lines.velocity(1), lines.ceiling(1));
  candidates.push(
    candidate('blade_pass', Math.hypot(pass, twice), [
      atLeast(`${mm(pass)} at ${blades}×, the blades' rate (${mm(twice)} at twice that)`, pass, 0.35 * limitMmPerS),
      atLeast(`that is ${share(pass, first)} of 1×`, pass, 0.7 * first),
    ]),
  );
};

/** Cavitation: noise rather than lines or impacts above 2.5 kHz, by acceleration; only for machines with blades. */
export const cavitation: Rule = (lines, { drivetrain: { blades } }, { candidates, notAssessable }) => {
  const { g, flatness } = lines.above(CAVITATION_FROM_HZ);
  if (blades === undefined || g === 0) {
    const reason = blades === undefined ? 'no machine with blades' : 'the rate is too low for its noise';
    notAssessable.push({ fault: 'cavitation', reason, remedy: blades === undefined ? 'give blades' : 'sample faster' });
    return;
  }
  candidates.push(
    candidate('cavitation', 0, [
      atLeast(`${g.toFixed(2)} g above ${CAVITATION_FROM_HZ} Hz`, g, CAVITATION_G),
      atLeast(`flatness ${flatness.toFixed(2)} there: noise rather than lines`, flatness, 0.35),
      atMost(`kurtosis ${lines.kurtosis.toFixed(1)}: random rather than in a rhythm`, lines.kurtosis, 4.5),
    ]),
  );
};

/**
 * Electrical faults of an induction motor: the stator by the line at twice the mains frequency, a broken rotor bar by
 * sidebands of 1× at the pole-pass rate. Source: Thomson & Fenger, IEEE Ind. Appl. Mag. 7 (2001).
 */
export const electrical: Rule = (lines, { shaftHz, limitMmPerS, drivetrain }, { candidates, notAssessable }) => {
  const { poles, lineHz } = drivetrain;
  if (poles === undefined) {
    notAssessable.push({ fault: 'electrical', reason: 'the number of poles is unknown', remedy: 'give it: poles' });
    return;
  }
  const first = lines.velocity(1);
  const twiceLine = lines.velocityAt(2 * lineHz);
  const near = Math.abs((2 * lineHz) / shaftHz - Math.round((2 * lineHz) / shaftHz)) * shaftHz;
  // A resolved line is located much finer than a bin; the speed is only known to a fraction.
  if (near > LINE_APART * lines.stepHz + SPEED_PART * 2 * lineHz) {
    candidates.push(
      candidate(
        'electrical',
        twiceLine,
        [
          atLeast(`${mm(twiceLine)} at twice the line's frequency`, twiceLine, 0.3 * limitMmPerS),
          atLeast(`that is ${share(twiceLine, first)} of 1×`, twiceLine, 0.5 * first),
        ],
        'stator',
      ),
    );
  }
  const passHz = polePassHz(poles, lineHz, shaftHz);
  if (passHz > 0.4 * shaftHz) {
    const reason = `a slip of ${((100 * passHz) / (2 * lineHz)).toFixed(0)} % is no induction motor's with ${poles} poles`;
    // Another converter frequency or pole count would move them; if they are configured, 2× may be one of them.
    const sharedMmPerS = Math.abs(passHz - shaftHz) < COARSE_BINS * lines.stepHz ? lines.velocity(2) : 0;
    const remedy = 'check poles, lineHz and speed';
    notAssessable.push({ fault: 'electrical', mode: 'rotor_bar', reason, remedy, sharedMmPerS });
    return;
  }
  const isFine = passHz >= FINE_BINS * lines.stepHz;
  if (!isFine) {
    const reason = `sidebands at ${passHz.toFixed(2)} Hz cannot be told from 1× in bins of ${lines.stepHz.toFixed(2)} Hz`;
    const seconds = Math.ceil(FINE_BINS / passHz);
    const remedy = `send ${seconds} s or more without a gap, at full load`;
    notAssessable.push({ fault: 'electrical', mode: 'rotor_bar', reason, remedy });
    if (passHz < COARSE_BINS * lines.stepHz) return;
  }
  const sides = [-2, -1, 1, 2].map((s) => lines.velocityAt(shaftHz + s * passHz));
  const present = sides.filter((s) => s > 0).length;
  candidates.push(
    candidate(
      'electrical',
      0,
      [
        atLeast(`${present} of 4 sidebands of 1× at the pole-pass rate of ${passHz.toFixed(2)} Hz`, present, 2),
        atLeast(
          `they are ${share(rss(sides), first)} of 1×`,
          rss(sides),
          (isFine ? 0.03 : COARSE_SIDES) * Math.max(first, 0.05 * limitMmPerS),
        ),
      ],
      'rotor_bar',
    ),
  );
};
