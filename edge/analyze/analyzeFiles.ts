import { existsSync, writeFileSync } from 'node:fs';
import type { Unit } from '#models/contracts/units.ts';
import type { Analysis } from '#models/health/diagnosis/analysis.ts';
import { analyzeRecording } from '#models/health/diagnosis/analyzeRecording.ts';
import { machineVerdict } from '#models/health/diagnosis/machineVerdict.ts';
import { type Drivetrain, drivetrainSchema } from '#models/machine/drivetrain.ts';
import { type BearingOrders, bearingOrders } from './bearingOption.ts';
import { type RecordingFormat, readSamples } from './readSamples.ts';
import { speedOfRecording } from './recordingSpeed.ts';
import { htmlReport, machineReport, pictureOf, type Report, textReport } from './report.ts';
import type { Samples } from './samples.ts';
import { sensorChannels } from './sensorChannels.ts';
import { type SignalScale, sensitivityOf } from './signalScale.ts';

/** Incorrect use of the command. */
export class AnalyzeUsageError extends Error {}

export interface AnalyzeOptions {
  sampleRate?: number;
  speed?: number;
  /** Percent. */
  speedTolerance?: number;
  /** mm/s RMS. */
  normalVelocity?: number;
  /** As typed: bpfo=…,bpfi=…,bsf=…,ftf=… */
  factors?: string;
  bearing?: string;
  format?: RecordingFormat;
  channel: string;
  /** As typed: 0,1,2:axial; sensors of one machine, in each of the files. */
  channels?: string;
  unit: Unit;
  /** Units per unit of the file's numbers. */
  scale?: number;
  /** As typed: 100mV/g, for a file in volts. */
  sensitivity?: string;
  /** rpm, lowest and highest, within which the speed is estimated from the signal. */
  speedRange?: [number, number];
  /** Channel of the same file with a tachometer's pulses. */
  tachoChannel?: string;
  pulsesPerTurn: number;
  direction?: 'radial' | 'axial';
  /** Channel of the same file whose sensor measures along the shaft. */
  axialChannel?: string;
  blades?: number;
  teeth?: number;
  poles?: number;
  beltOrder?: number;
  lineHz?: number;
  isoGroup: '1' | '2';
  isoFoundation: 'rigid' | 'flexible';
  json?: boolean;
  html?: string;
}

/**
 * Reads and diagnoses each file, and prints each result as soon as it is known. With `channels` all are sensors of one
 * machine, and one verdict is printed. @throws AnalyzeUsageError, RecordingFormatError.
 */
export function analyzeFiles(files: readonly string[], options: AnalyzeOptions, print: (line: string) => void): void {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new AnalyzeUsageError(`no such file: ${missing.join(', ')}`);
  if (options.speed !== undefined && (options.tachoChannel ?? options.speedRange) !== undefined)
    throw new AnalyzeUsageError('one of --speed, --tacho-channel and --speed-range');
  const bearing = usage(() => bearingOrders(options.factors, options.bearing));
  const reports: Report[] = options.channels === undefined ? [] : analyzeSensors(files, options, bearing);
  if (options.channels !== undefined) print(machineText(files, reports, options));
  for (const file of options.channels === undefined ? files : []) {
    const report = analyzeFile(file, options, bearing);
    print(options.json ? JSON.stringify(lineOf(file, report.analysis)) : `${textReport(report)}\n`);
    if (options.html) reports.push(report);
  }
  if (options.html) writePage(options.html, htmlReport(reports));
}

/** Each channel of each file, as a sensor of one machine. */
function analyzeSensors(files: readonly string[], options: AnalyzeOptions, bearing: BearingOrders): Report[] {
  const { channel, axialChannel, channels = '' } = options;
  if (channel !== '0' || axialChannel !== undefined)
    throw new AnalyzeUsageError('--channels names every sensor: without --channel and --axial-channel');
  const sensors = usage(() => sensorChannels(channels));
  const axial = sensors.find((s) => s.direction === 'axial')?.channel;
  return files.flatMap((file) =>
    sensors.map((sensor) => {
      const beside = sensor.direction === 'radial' ? { axialChannel: axial } : {};
      const report = analyzeFile(file, { ...options, ...sensor, ...beside }, bearing);
      return { ...report, file: sensors.length === 1 ? file : `${file}, channel ${sensor.channel}` };
    }),
  );
}

/** Turns a parsing error into a usage error. */
function usage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new AnalyzeUsageError(error instanceof Error ? error.message : String(error));
  }
}

function machineText(files: readonly string[], reports: readonly Report[], { json }: AnalyzeOptions): string {
  const verdict = machineVerdict(reports.map(({ file, analysis }) => ({ sensor: file, analysis })));
  if (!json) return `${machineReport(verdict)}\n`;
  return JSON.stringify({ files, ...verdict, analyses: reports.map(({ file, analysis }) => lineOf(file, analysis)) });
}

function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new AnalyzeUsageError(`--html: ${error instanceof Error ? error.message : error}`);
  }
}

function analyzeFile(file: string, options: AnalyzeOptions, bearing: BearingOrders): Report {
  const read = readSamples(file, options);
  const sampleRateHz = rateOf(file, read, options);
  const { factor, unit, notes } = scaleOf(file, read, options);
  const { isoGroup, isoFoundation, direction } = options;
  const iso = { group: isoGroup === '1' ? 1 : 2, foundation: isoFoundation } as const;
  const files = [read];
  if (options.axialChannel !== undefined) files.push(readSamples(file, { ...options, channel: options.axialChannel }));
  const channels = files.map(({ samples }) => (factor === 1 ? samples : samples.map((v) => v * factor)));
  const turning = speedOfRecording(channels, sampleRateHz, file, options);
  const [samples, ...axial] = turning.channels;
  const drivetrain = drivetrainOf(options);
  const context = {
    sampleRateHz: turning.sampleRateHz,
    unit,
    rpm: turning.rpm,
    // The tolerance applies only to a given speed: a measured one is more exact.
    ...(options.speed !== undefined && options.speedTolerance ? { speedTolerance: options.speedTolerance / 100 } : {}),
    normalVelocityMmPerS: options.normalVelocity,
    factors: bearing.factors,
    factorsTolerance: bearing.factorsTolerance,
    iso,
    drivetrain,
    direction,
    axial,
  };
  const analysis = analyzeRecording(samples, context);
  const summaryLines = [
    ...read.notes,
    ...notes,
    ...bearing.notes,
    ...(turning.speedNote ? [turning.speedNote] : []),
    ...analysis.evidence,
  ];
  const picture = options.json && !options.html ? null : pictureOf(samples, turning.sampleRateHz);
  return { file, unit, analysis: { ...analysis, evidence: summaryLines }, picture };
}

/** Largest relative difference between a typed rate and the file's, from clocks and rounded times. */
const SAME_RATE = 0.01;

/**
 * The file's own rate, else the typed one. @throws AnalyzeUsageError if there is none, or they contradict each other.
 */
function rateOf(file: string, { sampleRateHz }: Samples, { sampleRate }: AnalyzeOptions): number {
  const rate = sampleRateHz ?? sampleRate;
  if (rate === undefined) throw new AnalyzeUsageError(`${file}: --sample-rate is needed`);
  if (sampleRate !== undefined && Math.abs(sampleRate / rate - 1) > SAME_RATE)
    throw new AnalyzeUsageError(`${file}: --sample-rate ${sampleRate}, but the file itself says ${rate} Hz`);
  return rate;
}

/** @throws AnalyzeUsageError if counts have no scale. */
function scaleOf(
  file: string,
  { fullScale = false }: Samples,
  { unit, scale, sensitivity, format }: AnalyzeOptions,
): SignalScale & { notes: string[] } {
  if (scale !== undefined && sensitivity !== undefined) throw new AnalyzeUsageError('one of --scale and --sensitivity');
  if (sensitivity !== undefined) {
    const found = sensitivityOf(sensitivity);
    if (found === null)
      throw new AnalyzeUsageError(`--sensitivity: found ${sensitivity}; a sensitivity such as 100mV/g`);
    return { ...found, notes: [] };
  }
  if (scale !== undefined) return { factor: scale, unit, notes: [] };
  if (!fullScale) return { factor: 1, unit, notes: [] };
  if (format === 'int16' || /\.int16(\.gz)?$/.test(file))
    throw new AnalyzeUsageError(
      `${file}: counts are no ${unit}: --scale (units in a count) or --sensitivity is needed`,
    );
  const note =
    'the file holds parts of its full scale: without --sensitivity or --scale there is no level and no ISO zone';
  return { factor: 1, unit: '1', notes: [note] };
}

function drivetrainOf({ blades, teeth, poles, beltOrder, lineHz }: AnalyzeOptions): Drivetrain {
  const parsed = drivetrainSchema.safeParse({ blades, teeth, poles, beltOrder, ...(lineHz ? { lineHz } : {}) });
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new AnalyzeUsageError(`--${String(path[0]).replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}: ${message}`);
}

function lineOf(
  file: string,
  { verdict, fault, mode, stage, confidence, candidates, evidence, features, iso, reason, remedy }: Analysis,
) {
  return { file, verdict, fault, mode, stage, confidence, candidates, evidence, features, iso, reason, remedy };
}
