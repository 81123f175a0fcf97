import type { Analysis } from '#models/health/diagnosis/analyzeRecording.ts';
import { amplitudes, thinned, welch } from '#models/signal/welch.ts';

/** A recording, what was found in it, and its spectrum for the eye. */
export interface Report {
  file: string;
  unit: string;
  analysis: Analysis;
  picture: Picture | null;
}

/** Peak amplitudes from 0 to `highestHz`, thinned without losing lines. */
interface Picture {
  highestHz: number;
  amplitude: Float64Array;
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const COLUMNS = 72;
const PLOT = { width: 860, height: 200, points: 800 };

/** The averaged spectrum of a recording, or null where it is too short for one. */
export function pictureOf(samples: Float32Array, sampleRateHz: number): Picture | null {
  const length = 2 ** Math.min(14, Math.floor(Math.log2(Math.max(1, samples.length))));
  if (length < 256 || !samples.every(Number.isFinite)) return null;
  const amplitude = thinned(amplitudes(welch(samples, sampleRateHz, length), 'peak'), PLOT.points);
  return { highestHz: sampleRateHz / 2, amplitude };
}

/** For a terminal. */
export function textReport({ file, unit, analysis, picture }: Report): string {
  const { verdict, fault, confidence, reason, remedy, candidates, evidence } = analysis;
  const said = verdict === 'fault' ? `FAULT: ${fault} (confidence ${confidence.toFixed(2)})` : verdict.toUpperCase();
  const lines = [`${file}`, `  ${said}`, `  ${reason}${remedy ? `; remedy: ${remedy}` : ''}`, ''];
  if (candidates.length > 0) lines.push(`  ${candidates.map((c) => `${c.fault} ${c.score.toFixed(1)}`).join(' · ')}`);
  lines.push(...evidence.map((line) => `  - ${line}`), `  ${isoText(analysis)}`);
  if (picture) {
    const columns = thinned(picture.amplitude, COLUMNS);
    const largest = Math.max(...columns, 1e-30);
    const bars = Array.from(columns, (v) => BLOCKS[Math.ceil((8 * v) / largest)]).join('');
    lines.push(
      '',
      `  ${bars}`,
      `  0 Hz to ${picture.highestHz.toFixed(0)} Hz, highest line ${largest.toPrecision(3)} ${unit} peak`,
    );
  }
  return lines.join('\n');
}

function isoText({ iso }: Analysis): string {
  if (iso.assessment !== 'assessed') return `ISO 20816-3: not assessable: ${iso.reason}`;
  return `zone ${iso.zone}: ${iso.velocityMmPerS.toFixed(2)} mm/s RMS, ${iso.edition}`;
}

/** One page with pictures and nothing to fetch, to send to a colleague. */
export function htmlReport(reports: readonly Report[]): string {
  const style =
    'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}' +
    'table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:left}svg{width:100%;height:auto}' +
    '.fault{color:#a3151a}.healthy{color:#1b6e3c}.undetermined,.not_assessable{color:#7a5200}';
  const parts = reports.map(section).join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Millwright: analysis</title><style>${style}</style><body><h1>Analysis</h1>${parts}</body></html>\n`;
}

function section({ file, unit, analysis, picture }: Report): string {
  const { verdict, fault, confidence, reason, remedy, candidates, evidence, features } = analysis;
  const named = verdict === 'fault' ? `${fault}, confidence ${confidence.toFixed(2)}` : reason;
  const rows = candidates.map((c) => `<tr><td>${c.fault}<td>${c.score.toFixed(2)}<td>${c.confidence.toFixed(2)}`);
  const values = Object.entries(features).map(([name, value]) => `<tr><td>${escaped(name)}<td>${value}`);
  return [
    `<section><h2>${escaped(file)}</h2><p class="${verdict}"><b>${verdict.replace('_', ' ')}</b>: ${escaped(named)}</p>`,
    remedy ? `<p>Remedy: ${escaped(remedy)}</p>` : '',
    `<ul>${[...evidence, isoText(analysis)].map((line) => `<li>${escaped(line)}`).join('')}</ul>`,
    picture ? plot(picture, unit) : '',
    rows.length > 0 ? `<table><tr><th>candidate<th>score<th>confidence${rows.join('')}</table>` : '',
    `<details><summary>Features</summary><table>${values.join('')}</table></details></section>`,
  ].join('');
}

function plot({ amplitude, highestHz }: Picture, unit: string): string {
  const largest = Math.max(...amplitude, 1e-30);
  const { width, height } = PLOT;
  const points = Array.from(amplitude, (v, i) => {
    const x = (i / (amplitude.length - 1)) * width;
    return `${x.toFixed(1)},${(height - (v / largest) * (height - 10)).toFixed(1)}`;
  });
  const label = `spectrum, 0 to ${highestHz.toFixed(0)} Hz, highest line ${largest.toPrecision(3)} ${unit} peak`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}"><polyline fill="none" stroke="#1d5fa8" points="${points.join(' ')}"/></svg><figcaption>${escaped(label)}</figcaption></figure>`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (c) => entities[c]);
}
