import type { LedgerView } from '#models/contracts/api.ts';

type Point = LedgerView['points'][number];

/** Ledger rows, one per point, with totals: `received = delivered + late + duplicate + held + rejected`. */
export interface LedgerReport {
  points: Point[];
  unmapped: LedgerView['unmapped'];
  clocks: LedgerView['clocks'];
  sources: LedgerView['sources'];
  totals: Record<(typeof COUNTS)[number] | 'rejected', number>;
  /**
   * Points whose counts do not balance. `stored` may exceed `windows`, because an edge reports its counts periodically.
   */
  open: string[];
}

const COUNTS = [
  'received',
  'delivered',
  'late',
  'duplicate',
  'held',
  'unexplained',
  'windows',
  'stored',
] as const satisfies (keyof Point)[];

const rejectedOf = (point: Point) => Object.values(point.rejected).reduce((sum, n) => sum + n, 0);
const nameOf = ({ site, edge, asset, point }: Point) => `${site}/${edge}/${asset}/${point}`;

export function ledgerReport({ points, unmapped, clocks, sources }: LedgerView, asset?: string): LedgerReport {
  const chosen = asset === undefined ? points : points.filter((p) => p.asset === asset);
  const sum = (of: (p: Point) => number) => chosen.reduce((total, p) => total + of(p), 0);
  const counts = Object.fromEntries(COUNTS.map((count) => [count, sum((p) => p[count])]));
  return {
    points: chosen,
    unmapped,
    clocks: asset === undefined ? clocks : clocks.filter((c) => c.asset === asset),
    sources,
    totals: { ...counts, rejected: sum(rejectedOf) } as LedgerReport['totals'],
    open: chosen.filter((p) => p.unexplained !== 0).map(nameOf),
  };
}

/** Formats a table for a terminal; rejection reasons follow their row. */
export function ledgerLines({ points, unmapped, clocks, sources, totals, open }: LedgerReport): string[] {
  const head = [
    'point',
    'received',
    'delivered',
    'rejected',
    'late',
    'duplicate',
    'held',
    'unexplained',
    'windows',
    'stored',
  ];
  const numbers = (row: Record<string, unknown>, rejected: number) =>
    head.slice(1).map((column) => String(column === 'rejected' ? rejected : row[column]));
  const rows = points.map((p) => [nameOf(p), ...numbers(p, rejectedOf(p))]);
  const table = [head, ...rows, ['all', ...numbers(totals, totals.rejected)]];
  const widths = head.map((_, i) => Math.max(...table.map((row) => row[i].length)));
  const reasons = ['', ...points.map((p) => countsText({ ...p.rejected, ...p.flaws })), ''];
  const lines = table.map((row, r) => {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    return `${cells.join('  ')}  ${reasons[r]}`.trimEnd();
  });
  const lost = unmapped
    .filter(({ counts }) => Object.keys(counts).length > 0)
    .map(({ site, edge, counts }) => `${site}/${edge}: not assigned to a point: ${countsText(counts)}`);
  const wrong = clocks.filter(isOff).map(clockLine);
  const away = sources.filter((s) => s.outages > 0 || !s.connected).map(sourceLine);
  return [...lines, ...lost, ...away, ...wrong, ...open.map((name) => `${name}: the counts do not balance`)];
}

function countsText(counts: Partial<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, n]) => `${reason} ${n}`)
    .join(', ');
}

/** Clock offset from which a line is shown, in seconds. */
const OFF_S = 1;
const isOff = ({ offsetS, jumps }: LedgerView['clocks'][number]) => Math.abs(offsetS) >= OFF_S || jumps > 0;

function clockLine({ site, edge, asset, offsetS, driftPpm, jumps }: LedgerView['clocks'][number]): string {
  const way = offsetS >= 0 ? 'behind' : 'ahead';
  const drift = driftPpm === null ? '' : `, drifts by ${driftPpm.toFixed(0)} ppm`;
  const set = jumps === 0 ? '' : `, was set ${jumps === 1 ? 'once' : `${jumps} times`}`;
  return `${site}/${edge}/${asset}: its clock is ${Math.abs(offsetS).toFixed(1)} s ${way}${drift}${set}`;
}

function sourceLine({ site, edge, source, type, connected, outages, downS }: LedgerView['sources'][number]): string {
  const now = connected ? '' : ', and still is';
  return `${site}/${edge}: source ${source} (${type}) was disconnected ${outages} times, ${downS.toFixed(0)} s in total${now}`;
}
