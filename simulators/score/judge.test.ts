import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { LedgerView } from '#models/contracts/api.ts';
import { scenarioSchema } from '../scenario.ts';
import type { PointTruth } from '../troubles.ts';
import { exceeded, judge, scoreLines } from './judge.ts';

const bearing = { bpfo: 3.6, bpfi: 5.4, bsf: 2.4, ftf: 0.4 };
const fault = { type: 'unbalance', onsetS: 60, doublingS: 20 };
const scenario = (transport = 'mqtt') =>
  scenarioSchema.parse({
    transport,
    score: { detectWithinS: 100 },
    machines: [
      { name: 'ill', kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'], faults: [fault] },
      { name: 'well', kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'] },
    ],
  });
const truth = (more: Partial<PointTruth> = {}): PointTruth => ({
  machine: 'ill',
  point: '2H',
  made: 100,
  lost: 0,
  twice: 0,
  backward: 0,
  unusable: 0,
  garbage: 0,
  ...more,
});
const ledger = (more: object = {}, sources: LedgerView['sources'] = []): LedgerView => ({
  points: [
    {
      site: 's',
      edge: 'e',
      asset: 'ill',
      point: '2H',
      received: 100,
      delivered: 100,
      late: 0,
      duplicate: 0,
      held: 0,
      rejected: {},
      windows: 100,
      stored: 100,
      unexplained: 0,
      ...more,
    },
  ],
  unmapped: [],
  clocks: [],
  sources,
});
const alert = (asset: string, atS: number, fault = 'unbalance') =>
  ({ asset, raisedAtMs: 1000 * atS, text: `${asset} shakes`, evidence: { diagnosis: { fault } } }) as AlertRecord;
const score = (t: PointTruth, l: LedgerView, alerts: AlertRecord[] = [], transport = 'mqtt') =>
  judge(scenario(transport), 0, [t], l, alerts, 0);

test('delays, missed faults and false alarms', () => {
  expect(score(truth(), ledger(), [alert('ill', 85)])).toMatchObject({
    missed: 0,
    falseAlarms: [],
    faults: [{ delayS: 25 }],
  });
  expect(score(truth(), ledger(), [])).toMatchObject({ missed: 1 });
  expect(score(truth(), ledger(), [alert('ill', 170)])).toMatchObject({ missed: 1, falseAlarms: [] });
  expect(score(truth(), ledger(), [alert('ill', 50), alert('well', 90)]).falseAlarms.map((f) => f.machine)).toEqual([
    'ill',
    'well',
  ]);
});

test.each([
  ['all delivered', truth(), ledger(), 0],
  ['one is missing', truth(), ledger({ received: 99, delivered: 99 }), 1],
  ['lost by its device', truth({ lost: 10 }), ledger({ received: 90, delivered: 90 }), 0],
  ['late where it went back', truth({ backward: 10 }), ledger({ delivered: 90, late: 10 }), 0],
  ['late where it did not', truth(), ledger({ delivered: 90, late: 10 }), 10],
  ['rejected where it was unusable', truth({ unusable: 5 }), ledger({ delivered: 95, rejected: { not_finite: 5 } }), 0],
  ['rejected where it was good', truth(), ledger({ delivered: 95, rejected: { wrong_type: 5 } }), 5],
  ['duplicates beside them', truth({ twice: 7 }), ledger({ received: 107, duplicate: 7 }), 0],
  ['rows that the gateway has not', truth(), ledger({ stored: 98 }), 2],
  ['counts that do not close', truth(), ledger({ unexplained: -1 }), 1],
  ['a point that nobody heard of', truth({ point: '1H' }), ledger(), 100],
] as const)('%s', (_name, t, l, unexplained) => {
  expect(score(t, l).unexplained).toBe(unexplained);
});

test('sampled values may be missing for as long as the source was disconnected or has gaps', () => {
  const away = (downS: number) => [
    { site: 's', edge: 'e', source: 0, type: 'opcua', connected: true, outages: 1, downS },
  ];
  const missing = (n: number, more: object = {}) => ({
    received: 1000 - n,
    delivered: 1000 - n,
    windows: 1000 - n,
    stored: 1000 - n,
    ...more,
  });
  const many = truth({ made: 1000 });
  // A frame each half second, at ten times real time: twenty a second.
  expect(score(many, ledger(missing(100)), [], 'opcua').unexplained).toBe(90);
  expect(score(many, ledger(missing(100, { flaws: { gap: 3 } })), [], 'opcua').unexplained).toBe(0);
  expect(score(many, ledger(missing(200), away(10)), [], 'opcua').unexplained).toBe(0);
  expect(score(many, ledger(missing(999), away(4)), [], 'opcua').unexplained).toBeGreaterThan(800);
  expect(score(many, ledger(missing(200), away(10))).unexplained).toBe(200);
  expect(score(truth({ point: 'speed', made: 1000 }), ledger(), [], 'modbus').unexplained).toBe(1000);
});

test('an alert of another kind finds no fault, and is false', () => {
  expect(score(truth(), ledger(), [alert('ill', 85, 'process_drift')])).toMatchObject({
    missed: 1,
    falseAlarms: [{ machine: 'ill' }],
  });
});

test('rejected garbage does not hide a lost message', () => {
  const t = truth({ garbage: 10, unusable: 5 });
  expect(score(t, ledger({ received: 105, delivered: 95, rejected: { bad_json: 10 } })).unexplained).toBe(5);
});

const plant = (score: object, faults: object[], wiring: object[] = []) =>
  scenarioSchema.parse({
    score: { durationS: 864, detectWithinS: 100, ...score },
    machines: [
      { name: 'ill', kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'], faults, wiring },
      { name: 'well', kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'] },
    ],
  });
const named = (faults: object[], alerts: AlertRecord[], score = {}) =>
  judge(plant(score, faults), 0, [], ledger(), alerts, 0);
const unbalance = { type: 'unbalance', onsetS: 60, doublingS: 20 };
const outer = { type: 'outer_race', point: '2H', onsetS: 200, doublingS: 20 };

test.each([
  [unbalance, 'unbalance', 'right'],
  [unbalance, 'undetermined', 'undetermined'],
  [unbalance, 'misalignment', 'wrong'],
  [{ ...unbalance, type: 'gear_wear' }, 'gear', 'right'],
  [{ ...unbalance, type: 'rotor_bar' }, 'electrical', 'right'],
  [{ ...unbalance, type: 'bent_shaft' }, 'misalignment_or_bent_shaft', 'undetermined'],
  [{ ...unbalance, type: 'bent_shaft' }, 'unbalance_or_bent_shaft', 'undetermined'],
  [{ ...outer, onsetS: 60 }, 'bearing', 'undetermined'],
  [{ ...outer, onsetS: 60 }, 'ball', 'wrong'],
  [{ type: 'temperature_drift', onsetS: 60, degCPerMinute: 5 }, 'process_drift', 'right'],
])('%o with the diagnosis %s is rated %s', (fault, called, how) => {
  expect(named([fault], [alert('ill', 85, called)]).faults).toMatchObject([{ delayS: 25, named: how }]);
});

test('two faults on one machine need an alert each', () => {
  const both = [unbalance, outer];
  expect(named(both, [alert('ill', 85), alert('ill', 230, 'outer_race')]).faults.map((f) => f.named)).toEqual([
    'right',
    'right',
  ]);
  expect(named(both, [alert('ill', 85)])).toMatchObject({
    missed: 1,
    faults: [{ named: 'right' }, { named: 'missed' }],
  });
  // Reports before the onset of a fault are not about it.
  expect(named(both, [alert('ill', 85, 'outer_race')]).faults.map((f) => f.named)).toEqual(['wrong', 'missed']);
});

test('a second alert that names a nonexistent fault is false', () => {
  const score = named([unbalance], [alert('ill', 85), alert('ill', 120, 'ball')]);
  expect(score).toMatchObject({ faults: [{ named: 'right' }], falseAlarms: [{ machine: 'ill', atS: 120 }] });
  // Two machines for 864 s are 2 of 3,000 parts of a month.
  expect(score.falsePerMachineMonth).toBeCloseTo(1500, 6);
});

test('an alert raised after the repair is false', () => {
  const repaired = { ...unbalance, repairedAtS: 90 };
  expect(named([repaired], [alert('ill', 85)])).toMatchObject({ faults: [{ named: 'right' }], falseAlarms: [] });
  expect(named([repaired], [alert('ill', 95)])).toMatchObject({
    faults: [{ named: 'missed' }],
    falseAlarms: [{ atS: 95 }],
  });
  expect(named([repaired], [alert('ill', 85)]).faults[0]).not.toHaveProperty('repairedAtS');
});

const report = (asset: string, atS: number, kind: string) =>
  ({ ...alert(asset, atS, 'undetermined'), audience: 'integrator', wiring: { kind, remedy: 'r' } }) as AlertRecord;

test('reports of wiring faults are found or false, and are not alarms of a machine', () => {
  const wiring = [
    { kind: 'wrong_speed', factor: 2 },
    { kind: 'swapped_sensors', point: '2H', with: 'well/2H' },
    { kind: 'dead_channel', point: '2H' },
  ];
  const alerts = [
    report('ill', 40, 'wrong_speed'),
    report('well', 50, 'swapped_sensors'),
    report('well', 60, 'dead_channel'),
  ];
  const score = judge(plant({}, [unbalance], wiring), 0, [], ledger(), alerts, 0);
  expect(score.wiring).toEqual([
    { kind: 'wrong_speed', machine: 'ill', found: true, delayS: 40 },
    { kind: 'swapped_sensors', machine: 'ill', found: true, delayS: 50 },
    { kind: 'dead_channel', machine: 'ill', found: false, delayS: null },
  ]);
  expect(score).toMatchObject({ accused: 1, accusations: [{ machine: 'well', atS: 60 }], falseAlarms: [], missed: 1 });
  expect(scoreLines(score).join('\n')).toContain('wiring faults: 3, accused: 1');
});

test('a wiring fault counts as found from its beginning', () => {
  const swap = { kind: 'swapped_sensors', point: '2H', with: 'well/2H', atS: 45 };
  const scoreOf = (atS: number) =>
    judge(plant({}, [], [swap]), 0, [], ledger(), [report('ill', atS, 'swapped_sensors')], 0);
  expect(scoreOf(65)).toMatchObject({ accused: 0, wiring: [{ found: true, delayS: 20 }] });
  expect(scoreOf(40)).toMatchObject({ accused: 1, wiring: [{ found: false, delayS: null }] });
});

test('each limit is enforced, and values at the limits pass', () => {
  const beyond = (limits: object, faults: object[], alerts: AlertRecord[], wiring: object[] = []) => {
    const scenario = plant({ limits }, faults, wiring);
    return exceeded(judge(scenario, 0, [], ledger(), alerts, 0), scenario.score.limits);
  };
  const dead = { kind: 'dead_channel', point: '2H' };
  expect(beyond({}, [unbalance], [alert('ill', 85)])).toEqual([]);
  expect(beyond({}, [unbalance], [])).toEqual(['1 missed']);
  expect(beyond({ missed: 1 }, [unbalance], [])).toEqual([]);
  expect(beyond({}, [unbalance], [alert('ill', 85, 'ball')])).toEqual(['1 wrongly named']);
  expect(beyond({ wrong: 1 }, [unbalance], [alert('ill', 85, 'ball')])).toEqual([]);
  expect(beyond({}, [unbalance], [alert('ill', 85, 'undetermined')])).toEqual([]);
  expect(beyond({ undetermined: 0 }, [unbalance], [alert('ill', 85, 'undetermined')])).toEqual(['1 undetermined']);
  expect(beyond({}, [], [alert('well', 85)])).toEqual(['1 false']);
  expect(beyond({ falsePerMachineMonth: 1499 }, [], [alert('well', 85)])[0]).toContain('false a machine-month');
  expect(beyond({ falsePerMachineMonth: 1501 }, [], [alert('well', 85)])).toEqual([]);
  expect(beyond({}, [], [], [dead])).toEqual(['1 wiring faults not found']);
  expect(beyond({}, [], [report('ill', 40, 'wrong_speed')])).toEqual(['1 wiring accusations']);
  expect(beyond({ accused: 1, wiringMissed: 1 }, [], [report('ill', 40, 'wrong_speed')], [dead])).toEqual([]);
});

test('the table shows what was missed, false and unexplained', () => {
  const text = scoreLines(score(truth(), ledger({ received: 99, delivered: 99 }), [alert('well', 5)])).join('\n');
  expect(text).toContain('missed: 1, false alarms: 1');
  expect(text).toContain('unexplained: 1 (ill/2H 1)');
  expect(text).toContain('well shakes');
});
