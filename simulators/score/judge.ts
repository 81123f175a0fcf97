import type { AlertRecord } from '#models/contracts/alert.ts';
import type { LedgerView } from '#models/contracts/api.ts';
import type { Flaw } from '#models/contracts/ledger.ts';
import type { Scenario } from '../scenario.ts';
import type { PointTruth } from '../troubles.ts';
import { type AlertScore, scoreAlerts } from './alertScore.ts';
import type { DiagnosisRating } from './faultScore.ts';
import { comparisonLines, type PeerScore } from './peerScore.ts';
import { scoreWiring, type WiringAccusation, type WiringScore } from './wiringScore.ts';

export interface ScenarioScore extends AlertScore {
  /** The scenario's wiring faults, and whether they were reported to the integrator. */
  wiring: WiringScore[];
  /** Reports of wiring faults that the scenario does not have. */
  accused: number;
  accusations: WiringAccusation[];
  /** Messages that the devices made, and those that they lost themselves. */
  made: number;
  lostByDevices: number;
  delivered: number;
  late: number;
  duplicate: number;
  rejected: Record<string, number>;
  flaws: Partial<Record<Flaw, number>>;
  /** Services that stopped unexpectedly. */
  crashes: number;
  /** Messages that are unaccounted for. */
  unexplained: number;
  /** By point, where not 0. */
  unexplainedPoints: Record<string, number>;
  /** Results of the products that ran in parallel; absent: none. */
  peers?: PeerScore[];
}

type Ledger = LedgerView['points'][number];

/** Margins: of an outage measured once a second, of a gap, and of messages in transit at its ends. */
const OUTAGE_MARGIN = 1.5;
const GAP_S = 2;
const SPARE = 10;

/** Compares a system's reports with the plant's actual behaviour. */
export function judge(
  scenario: Scenario,
  beginMs: number,
  truth: readonly PointTruth[],
  ledger: LedgerView,
  alerts: readonly AlertRecord[],
  crashes: number,
): ScenarioScore {
  const points = new Map(ledger.points.map((p) => [`${p.asset}/${p.point}`, p]));
  const downS = Math.max(0, ...ledger.sources.map((source) => source.downS));
  const open = truth.flatMap((t): [string, number][] => {
    const n = unexplained(t, points.get(`${t.machine}/${t.point}`), scenario, downS);
    return n === 0 ? [] : [[`${t.machine}/${t.point}`, n]];
  });
  // Reports to the integrator do not count as alarms of a machine.
  const ofMachines = alerts.filter((a) => a.audience !== 'integrator');
  const { wiring, accusations } = scoreWiring(scenario.machines, alerts, beginMs);
  const sum = (of: (p: Ledger) => number) => ledger.points.reduce((total, p) => total + of(p), 0);
  const made = truth.reduce((total, t) => total + t.made, 0);
  return {
    ...scoreAlerts(scenario, beginMs, ofMachines),
    wiring,
    accused: accusations.length,
    accusations,
    made,
    lostByDevices: truth.reduce((total, t) => total + t.lost, 0),
    delivered: sum((p) => p.delivered),
    late: sum((p) => p.late),
    duplicate: sum((p) => p.duplicate),
    rejected: added([...ledger.points.map((p) => p.rejected), ...ledger.unmapped.map((u) => u.counts)]),
    flaws: added(ledger.points.map((p) => p.flaws ?? {})),
    crashes,
    unexplained: open.reduce((total, [, n]) => total + Math.abs(n), 0),
    unexplainedPoints: Object.fromEntries(open),
  };
}

/**
 * Messages of a point that nothing accounts for. Over MQTT at QoS 1 each is delivered, late if its time stamp goes
 * back, or rejected if it is unusable. Sampled values (OPC UA, Modbus) and those sent at QoS 0 (Sparkplug) may be
 * missing while a connection is down: at most for the source's outage, and only if the point reported gaps.
 */
function unexplained(truth: PointTruth, point: Ledger | undefined, scenario: Scenario, downS: number): number {
  const sent = truth.made - truth.lost;
  const { transport, waveform, valuesEveryS, machines, score } = scenario;
  const isWaveform = machines.some((m) => m.name === truth.machine && m.sensors.includes(truth.point));
  // Modbus does not carry waveforms.
  if (transport === 'modbus' && isWaveform) return 0;
  if (!point) return sent;
  const own = point.unexplained + (point.windows - point.stored);
  if (own !== 0) return own;
  const { bad_json = 0, bad_header = 0, truncated = 0, ...others } = point.rejected;
  // Messages rejected as invalid are not among those made.
  const garbage = Math.min(truth.garbage, bad_json + bad_header + truncated);
  const rejected = Object.values({ ...others, bad_json, bad_header, truncated }).reduce((sum, n) => sum + n, -garbage);
  const missing = sent - point.delivered - Math.min(point.late, truth.backward) - Math.min(rejected, truth.unusable);
  if (transport === 'mqtt' || missing <= 0) return transport === 'mqtt' ? missing : 0;
  const gaps = (point.flaws?.gap ?? 0) + (point.flaws?.overflow ?? 0);
  const everyS = isWaveform ? waveform.everyS : valuesEveryS;
  const excused = SPARE + (score.speed * (OUTAGE_MARGIN * downS + GAP_S * gaps)) / everyS;
  return Math.max(0, missing - Math.floor(excused));
}

function added(all: readonly Partial<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const counts of all) for (const [name, n = 0] of Object.entries(counts)) total[name] = (total[name] ?? 0) + n;
  return total;
}

/** Limits of the scenario that a score exceeds, a phrase each; none: it passes. */
export function exceeded(score: ScenarioScore, limits: Scenario['score']['limits']): string[] {
  const named = (how: DiagnosisRating) => score.faults.filter((f) => f.named === how).length;
  const falseAlarms = limits.falsePerMachineMonth === undefined ? score.falseAlarms.length : 0;
  const measured: [string, number, number][] = [
    ['missed', score.missed, limits.missed],
    ['wrongly named', named('wrong'), limits.wrong],
    ['undetermined', named('undetermined'), limits.undetermined ?? Number.POSITIVE_INFINITY],
    ['false', falseAlarms, 0],
    ['false a machine-month', score.falsePerMachineMonth, limits.falsePerMachineMonth ?? Number.POSITIVE_INFINITY],
    ['wiring faults not found', score.wiring.filter((w) => !w.found).length, limits.wiringMissed],
    ['wiring accusations', score.accused, limits.accused],
    ['unexplained', score.unexplained, 0],
    ['crashes', score.crashes, 0],
  ];
  return measured.flatMap(([what, value, limit]) =>
    value > limit ? [`${Number(value.toFixed(2))} ${what}${limit > 0 ? ` (limit ${limit})` : ''}`] : [],
  );
}

/** A table for a terminal. */
export function scoreLines(score: ScenarioScore): string[] {
  const faults = score.faults.map(({ machine, fault, delayS, named, said }) => {
    const found = delayS === null ? 'missed' : `after ${delayS.toFixed(0)} s`;
    const name = delayS === null ? '' : named;
    return `  ${machine.padEnd(16)} ${fault.padEnd(18)} ${found.padEnd(12)} ${name.padEnd(13)} ${said ?? ''}`.trimEnd();
  });
  const wiring = score.wiring.map(({ machine, kind, delayS }) => {
    const found = delayS === null ? 'not found' : `after ${delayS.toFixed(0)} s`;
    return `  ${machine.padEnd(16)} ${kind.padEnd(22)} ${found}`;
  });
  const accusations = score.accusations.map(
    ({ machine, atS, text }) => `  accused at ${atS.toFixed(0)} s: ${machine}: ${text}`,
  );
  const counts = (all: Record<string, number>) =>
    Object.entries(all)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ') || 'none';
  const rate = score.falsePerMachineMonth.toPrecision(3);
  return [
    `faults: ${score.faults.length}, missed: ${score.missed}, false alarms: ${score.falseAlarms.length} (${rate} a machine-month)`,
    ...faults,
    ...score.falseAlarms.map(({ machine, atS, text }) => `  false at ${atS.toFixed(0)} s: ${machine}: ${text}`),
    `wiring faults: ${score.wiring.length}, accused: ${score.accused}`,
    ...wiring,
    ...accusations,
    `messages made: ${score.made}, lost by their devices: ${score.lostByDevices}`,
    `delivered ${score.delivered}, late ${score.late}, duplicate ${score.duplicate}; rejected: ${counts(score.rejected)}`,
    `flaws: ${counts(score.flaws as Record<string, number>)}`,
    `crashes: ${score.crashes}`,
    `unexplained: ${score.unexplained}${score.unexplained === 0 ? '' : ` (${counts(score.unexplainedPoints)})`}`,
    ...comparisonLines(score),
  ];
}
