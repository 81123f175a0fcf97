import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ets } from '#models/demand/ets.ts';
import { forecastTable } from '#models/demand/forecastTable.ts';
import { MeanOfThree } from '#models/demand/meanOfThree.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { median } from '#models/health/statistics.ts';
import { gaussian, randomOf } from '#models/random/random.ts';

export interface BenchForecastOptions {
  series: number;
  parts: number;
  runs: number;
  /**
   * An R program: FILE HORIZON FREQUENCY METHOD, with methods `ets` and `naive`; skipped if R or the program is
   * missing.
   */
  peer: string;
  info: (line: string) => void;
}

export interface BenchForecastResult {
  series: number;
  /** Seconds for all series. */
  etsS: number;
  meanOfThreeS: number;
  /** Without the time to start R. */
  peerEtsS: number | null;
  /** Time of the peer's exponential smoothing over Millwright's. */
  etsTimesFaster: number | null;
  /** Parts with lead-time quantiles, all together. */
  parts: { items: number; seconds: number; residentMegabytes: number };
}

const MONTHS = 120;
const HORIZON = 12;
const PERIOD = 12;
const MEGABYTE = 1024 * 1024;

/** Time of forecasts, compared with R's `forecast` package in alternating runs. */
export function benchForecast({ series, parts, runs, peer, info }: BenchForecastOptions): BenchForecastResult {
  const histories = Array.from({ length: series }, (_, i) => history(i));
  const directory = mkdtempSync(join(tmpdir(), 'millwright-forecast-'));
  const csv = join(directory, 'series.csv');
  const header = ['id', ...Array.from({ length: MONTHS }, (_, t) => `t${t + 1}`)];
  writeFileSync(csv, [header, ...histories.map((h, i) => [`s${i}`, ...h])].map((row) => row.join(',')).join('\n'));
  const ets: number[] = [];
  const three: number[] = [];
  const peers: number[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      ets.push(seconds(() => fitAll(histories, () => new Ets(PERIOD))));
      three.push(seconds(() => fitAll(histories, () => new MeanOfThree(PERIOD))));
      const peerS = peerSeconds(peer, csv);
      if (peerS !== null) peers.push(peerS);
      info(
        `run ${run + 1}: ETS ${ets[run].toFixed(2)} s, mean of three ${three[run].toFixed(2)} s, R's ETS ${peerS?.toFixed(2) ?? 'not there'}`,
      );
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const items: ItemHistory[] = Array.from({ length: parts }, (_, i) => ({ id: `p${i}`, history: partHistory(i) }));
  const settings = { horizon: 1, frequency: [PERIOD], quantiles: [0.5, 0.8, 0.9, 0.95], leadTime: 3 };
  const partsS = seconds(() => forecastTable(items, settings));
  const peerEtsS = peers.length > 0 ? median(peers) : null;
  const etsS = median(ets);
  return {
    series,
    etsS,
    meanOfThreeS: median(three),
    peerEtsS,
    etsTimesFaster: peerEtsS === null ? null : peerEtsS / etsS,
    parts: { items: parts, seconds: partsS, residentMegabytes: Math.round(process.memoryUsage().rss / MEGABYTE) },
  };
}

function fitAll(
  histories: readonly number[][],
  make: () => { fit(h: readonly number[]): void; predict(n: number): number[] },
): void {
  for (const h of histories) {
    const forecaster = make();
    forecaster.fit(h);
    forecaster.predict(HORIZON);
  }
}

function seconds(work: () => void): number {
  const beganMs = performance.now();
  work();
  return (performance.now() - beganMs) / 1000;
}

/** R's time for ETS less that for naive forecasts of the same file; null if R cannot run. */
function peerSeconds(peer: string, csv: string): number | null {
  if (!existsSync(peer)) return null;
  const run = (method: string) => {
    const beganMs = performance.now();
    const { status } = spawnSync('Rscript', [peer, csv, String(HORIZON), String(PERIOD), method], { stdio: 'ignore' });
    return status === 0 ? (performance.now() - beganMs) / 1000 : null;
  };
  const [start, all] = [run('naive'), run('ets')];
  return start === null || all === null ? null : all - start;
}

/** Ten years of monthly demand with level, trend, season and noise. */
function history(seed: number): number[] {
  const random = randomOf(seed);
  const [trend, swing, noise] = [2 * gaussian(random), 0.3 * random(), 0.02 + 0.1 * random()];
  return Array.from({ length: MONTHS }, (_, t) =>
    Number(
      Math.max(
        1,
        (500 + trend * t) * (1 + swing * Math.sin((2 * Math.PI * t) / PERIOD)) * (1 + noise * gaussian(random)),
      ).toFixed(2),
    ),
  );
}

/** Seven years of intermittent demand for a part. */
function partHistory(seed: number): number[] {
  const random = randomOf(1_000_000 + seed);
  const chance = 0.05 + 0.3 * random();
  return Array.from({ length: 84 }, () => (random() < chance ? 1 + Math.floor(-3 * Math.log(random())) : 0));
}
