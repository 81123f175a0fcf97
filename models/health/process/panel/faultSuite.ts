import { trainPanel } from '../createRowDetector.ts';
import { BACKGROUNDS, type Background, DAY, type Fault, faultsOn, faultyTable, TRAIN_ROWS } from './seededFaults.ts';

/** The panel's result on one seeded table, at one limit. */
export interface JudgedTable {
  background: Background;
  fault: Fault;
  /** Highest index in the fault's rows and the few after them. */
  highest: number;
  /** Highest index of each spell before the fault, and the number of rows there. */
  spells: number[];
  normalRows: number;
}

export interface SuiteResult {
  /** Number of tables of each fault, and of those in which it was found. */
  byFault: { fault: Fault; tables: number; found: number; missedOn: Background[] }[];
  found: number;
  falsePerMonth: { background: Background; atLimit: number }[];
  /** Found with each background's limit raised to leave at most one false alarm a month. */
  foundAtOneAMonth: number;
}

/** Alarms closer than this many rows are one spell; a fault counts as found up to this many rows after it. */
const SPELL_ROWS = 12;
const LATE_ROWS = 4;
const MONTH_ROWS = 30 * DAY;

/**
 * Every seeded fault on every background, `seeds` times: 28 days of training, 30 days judged at half-hour rows. Alarms before
 * the fault are false.
 */
export function runFaultSuite(seeds: number, channels: 1 | 4, progress: (text: string) => void): SuiteResult {
  const judged = BACKGROUNDS.flatMap((background) => {
    progress(background);
    return faultsOn(background, channels).flatMap((fault) =>
      Array.from({ length: seeds }, (_, seed) => judgeTable(background, fault, channels, seed)),
    );
  });
  return suiteResult(judged);
}

/** Found and false alarms of judged tables. */
export function suiteResult(judged: readonly JudgedTable[]): SuiteResult {
  const limits = new Map(BACKGROUNDS.map((background) => [background, limitFor(judged, background)]));
  const share = (of: (one: JudgedTable) => boolean) => judged.filter(of).length / judged.length;
  const faults = [...new Set(judged.map((one) => one.fault))];
  return {
    byFault: faults.map((fault) => {
      const own = judged.filter((one) => one.fault === fault);
      const missed = own.filter((one) => one.highest < 1);
      return {
        fault,
        tables: own.length,
        found: own.length - missed.length,
        missedOn: [...new Set(missed.map((one) => one.background))],
      };
    }),
    found: share((one) => one.highest >= 1),
    falsePerMonth: BACKGROUNDS.filter((b) => judged.some((one) => one.background === b)).map((background) => {
      const own = judged.filter((one) => one.background === background);
      const spells = own.flatMap((one) => one.spells).filter((index) => index >= 1).length;
      return { background, atLimit: spells / monthsOf(own) };
    }),
    foundAtOneAMonth: share((one) => one.highest >= (limits.get(one.background) ?? 1)),
  };
}

function judgeTable(background: Background, fault: Fault, channels: 1 | 4, seed: number): JudgedTable {
  const { rows, from, to } = faultyTable(background, fault, channels, seed);
  const names = Array.from(rows[0], (_, c) => `c${c}`);
  const panel = trainPanel(names, rows.slice(0, TRAIN_ROWS));
  const indices = rows.slice(TRAIN_ROWS, to + LATE_ROWS).map((row) => panel.judge(row).index);
  const normalRows = from - TRAIN_ROWS;
  return {
    background,
    fault,
    highest: Math.max(...indices.slice(normalRows)),
    spells: spellsOf(indices.slice(0, normalRows)),
    normalRows,
  };
}

/** Highest index of each spell of alarms. */
function spellsOf(indices: readonly number[]): number[] {
  const spells: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  indices.forEach((index, t) => {
    if (index < 1) return;
    if (t - last > SPELL_ROWS) spells.push(index);
    else spells[spells.length - 1] = Math.max(spells[spells.length - 1], index);
    last = t;
  });
  return spells;
}

/** Lowest limit of a background, at least 1, that leaves at most one false alarm a month. */
function limitFor(judged: readonly JudgedTable[], background: Background): number {
  const own = judged.filter((one) => one.background === background);
  const allowed = Math.floor(monthsOf(own));
  const spells = own.flatMap((one) => one.spells).sort((a, b) => b - a);
  return spells.length <= allowed ? 1 : spells[allowed] * (1 + Number.EPSILON * 4);
}

function monthsOf(judged: readonly JudgedTable[]): number {
  return judged.reduce((sum, one) => sum + one.normalRows, 0) / MONTH_ROWS;
}
