import type { Analysis } from '#models/health/diagnosis/analysis.ts';
import type { MachineVerdict, SensorPart } from '#models/health/diagnosis/machineVerdict.ts';
import { type Curve, envelopeSpectrum, type Waterfall, waterfall, zoom } from '#models/signal/pictures.ts';
import { amplitudes, thinned, welch } from '#models/signal/welch.ts';

/** A recording, its analysis and its spectrum. */
export interface Report {
  file: string;
  unit: string;
  analysis: Analysis;
  picture: Picture | null;
}

interface Picture {
  /** Peak amplitudes from 0 to Nyquist, thinned without losing lines. */
  spectrum: Curve;
  /** Around the highest line, at a finer resolution than the bins. */
  zoom: Curve;
  envelope: Curve;
  waterfall: Waterfall;
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const COLUMNS = 72;
const PLOT = { width: 860, height: 200, points: 800 };
const ENVELOPE_HZ = 500;
/** Samples used of a long recording, from its beginning: more would not show in a picture. */
const ENVELOPE_SAMPLES = 2 ** 19;
const ZOOM = { bins: 40, lines: 301, seconds: 4 };
const WATERFALL = { rows: 24, bins: 120, length: 2048 };

/** Pictures of a recording, or null if it is too short for one. */
export function pictureOf(samples: Float32Array, sampleRateHz: number): Picture | null {
  const length = 2 ** Math.min(14, Math.floor(Math.log2(Math.max(1, samples.length))));
  if (length < 256 || !samples.every(Number.isFinite)) return null;
  const fine = amplitudes(welch(samples, sampleRateHz, length), 'peak');
  const amplitude = thinned(fine, PLOT.points);
  const spectrum = { fromHz: 0, stepHz: sampleRateHz / 2 / Math.max(1, amplitude.length - 1), amplitude };
  const stepHz = sampleRateHz / length;
  const highest = fine.reduce((best, v, k) => (k > 1 && v > fine[best] ? k : best), 2) * stepHz;
  const part = samples.subarray(0, Math.round(ZOOM.seconds * sampleRateHz));
  return {
    spectrum,
    zoom: zoom(part, sampleRateHz, highest, ZOOM.bins * stepHz, ZOOM.lines),
    envelope: thinnedCurve(envelopeSpectrum(samples.subarray(0, ENVELOPE_SAMPLES), sampleRateHz, ENVELOPE_HZ)),
    waterfall: waterfall(samples, sampleRateHz, Math.min(length, WATERFALL.length), WATERFALL.rows, WATERFALL.bins),
  };
}

function thinnedCurve({ fromHz, stepHz, amplitude }: Curve): Curve {
  const few = thinned(amplitude, PLOT.points);
  return { fromHz, stepHz: (stepHz * (amplitude.length - 1)) / Math.max(1, few.length - 1), amplitude: few };
}

/** For a terminal. */
export function textReport({ file, unit, analysis, picture }: Report): string {
  const { verdict, reason, remedy, candidates, evidence } = analysis;
  const named = namedFault(analysis);
  const lines = [
    `${file}`,
    `  ${verdict.toUpperCase()}${named ? `: ${named}` : ''}`,
    `  ${reason}${remedy ? `; remedy: ${remedy}` : ''}`,
    '',
  ];
  if (candidates.length > 0) lines.push(`  ${candidates.map((c) => `${c.fault} ${c.score.toFixed(1)}`).join(' · ')}`);
  lines.push(...evidence.map((line) => `  - ${line}`), `  ${isoText(analysis)}`);
  if (picture) {
    lines.push('', ...bars('spectrum', picture.spectrum, unit), ...bars('envelope', picture.envelope, unit));
  }
  return lines.join('\n');
}

/** One machine from all its sensors, for a terminal. */
export function machineReport(machine: MachineVerdict): string {
  const named = namedFault(machine);
  const word = (part: SensorPart) => part.role.replaceAll('_', ' ');
  const width = Math.max(...machine.sensors.map((part) => word(part).length));
  return [
    `${machine.verdict.toUpperCase()}${named ? `: ${named}` : ''}`,
    `  ${machine.reason}`,
    '',
    ...machine.sensors.map((part) => `  ${word(part).padEnd(width)}  ${sensorText(part)}`),
  ].join('\n');
}

function sensorText({ sensor, verdict, fault, confidence, size, reason }: SensorPart): string {
  const named = size === null ? verdict : `${verdict} ${fault} (confidence ${confidence.toFixed(2)}, size ${size})`;
  return `${sensor}: ${named}: ${reason}`;
}

function bars(name: string, { fromHz, stepHz, amplitude }: Curve, unit: string): string[] {
  // The envelope's own mean leaks into its first bins.
  const columns = thinned(amplitude.slice(2), COLUMNS);
  const largest = Math.max(...columns, 1e-30);
  const toHz = fromHz + stepHz * (amplitude.length - 1);
  return [
    `  ${Array.from(columns, (v) => BLOCKS[Math.ceil((8 * v) / largest)]).join('')}`,
    `  ${name}, 0 to ${toHz.toFixed(0)} Hz, highest line ${largest.toPrecision(3)} ${unit} peak`,
  ];
}

/** The fault that a verdict names, with its stage. */
function namedFault({
  verdict,
  fault,
  stage,
  confidence,
}: Pick<Analysis, 'verdict' | 'fault' | 'stage' | 'confidence'>): string | null {
  if (verdict !== 'fault' && verdict !== 'watch') return null;
  const name = fault === 'bearing' ? 'bearing, part unsure' : fault;
  return `${name}, stage ${stage} of 4 (confidence ${confidence.toFixed(2)})`;
}

function isoText({ iso }: Analysis): string {
  if (iso.assessment !== 'assessed') return `ISO 20816-3: not assessable: ${iso.reason}`;
  const displacement = iso.displacementUm === undefined ? '' : `, ${iso.displacementUm.toFixed(0)} µm RMS`;
  return `zone ${iso.zone}: ${iso.velocityMmPerS.toFixed(2)} mm/s RMS from ${iso.fromHz} Hz${displacement}, ${iso.edition}`;
}

/** A self-contained page with pictures, to send to a colleague. */
export function htmlReport(reports: readonly Report[]): string {
  const style =
    'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}' +
    'table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:left}svg{width:100%;height:auto}' +
    '.fault{color:#a3151a}.healthy{color:#1b6e3c}.watch,.undetermined,.not_assessable{color:#7a5200}';
  const parts = reports.map(section).join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Millwright: analysis</title><style>${style}</style><body><h1>Analysis</h1>${parts}</body></html>\n`;
}

function section({ file, unit, analysis, picture }: Report): string {
  const { verdict, reason, remedy, candidates, evidence, features } = analysis;
  const named = [namedFault(analysis), reason].filter((text) => text !== null).join(': ');
  const rows = candidates.map((c) => `<tr><td>${c.fault}<td>${c.score.toFixed(2)}<td>${c.confidence.toFixed(2)}`);
  const values = Object.entries(features).map(([name, value]) => `<tr><td>${escaped(name)}<td>${value}`);
  return [
    `<section><h2>${escaped(file)}</h2><p class="${verdict}"><b>${verdict.replace('_', ' ')}</b>: ${escaped(named)}</p>`,
    remedy ? `<p>Remedy: ${escaped(remedy)}</p>` : '',
    `<ul>${[...evidence, isoText(analysis)].map((line) => `<li>${escaped(line)}`).join('')}</ul>`,
    picture ? picturesOf(picture, unit) : '',
    rows.length > 0 ? `<table><tr><th>candidate<th>score<th>confidence${rows.join('')}</table>` : '',
    `<details><summary>Features</summary><table>${values.join('')}</table></details></section>`,
  ].join('');
}

function picturesOf({ spectrum, zoom: near, envelope, waterfall: rows }: Picture, unit: string): string {
  return [
    plot('spectrum', spectrum, unit),
    plot('about the highest line', near, unit),
    plot('spectrum of the envelope', { ...envelope, amplitude: envelope.amplitude.with(0, 0).with(1, 0) }, unit),
    heat(rows, unit),
  ].join('');
}

function plot(name: string, { amplitude, fromHz, stepHz }: Curve, unit: string): string {
  const largest = Math.max(...amplitude, 1e-30);
  const { width, height } = PLOT;
  const points = Array.from(amplitude, (v, i) => {
    const x = (i / (amplitude.length - 1)) * width;
    return `${x.toFixed(1)},${(height - (v / largest) * (height - 10)).toFixed(1)}`;
  });
  const toHz = fromHz + stepHz * (amplitude.length - 1);
  const digits = toHz - fromHz < 100 ? 1 : 0;
  const label = `${name}, ${fromHz.toFixed(digits)} to ${toHz.toFixed(digits)} Hz, highest line ${largest.toPrecision(3)} ${unit} peak`;
  return figure(label, `<polyline fill="none" stroke="#1d5fa8" points="${points.join(' ')}"/>`);
}

/** A waterfall as rows of cells, the earliest on top, darker for higher levels, on a logarithmic scale. */
function heat({ rows, timesS, stepHz }: Waterfall, unit: string): string {
  const largest = Math.max(...rows.map((row) => Math.max(...row)), 1e-30);
  const [w, h] = [PLOT.width / rows[0].length, PLOT.height / rows.length];
  const cells = rows.flatMap((row, r) =>
    Array.from(row, (v, c) => {
      const dark = Math.max(0, 1 + Math.log10(Math.max(v / largest, 1e-9)) / 3);
      const place = `x="${(c * w).toFixed(1)}" y="${(r * h).toFixed(1)}"`;
      return dark < 0.02
        ? ''
        : `<rect ${place} width="${w.toFixed(1)}" height="${h.toFixed(1)}" opacity="${dark.toFixed(2)}"/>`;
    }),
  );
  const toHz = stepHz * (rows[0].length - 1);
  const toS = timesS[timesS.length - 1];
  const label = `waterfall, 0 to ${toHz.toFixed(0)} Hz, 0 to ${toS.toFixed(1)} s downward, darkest ${largest.toPrecision(3)} ${unit} peak, three decades`;
  return figure(label, `<g fill="#1d5fa8">${cells.join('')}</g>`);
}

function figure(label: string, drawing: string): string {
  const { width, height } = PLOT;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${drawing}</svg><figcaption>${escaped(label)}</figcaption></figure>`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (c) => entities[c]);
}
