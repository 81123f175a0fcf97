import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '#models/health/statistics.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { KernelEngine } from '#models/signal/kernelEngine.ts';
import { KernelMemory } from '#models/signal/kernelMemory.ts';
import { PlainEngine } from '#models/signal/plainEngine.ts';
import type { SpectralEngine } from '#models/signal/spectralEngine.ts';
import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';

export interface FeatureBench {
  /** With the engine that this machine would use: medians over the runs. */
  windowsPerCpuS: number;
  samplesPerCpuS: number;
  features: number;
  engine: string;
  /** Windows a CPU second: the kernel, its plain JavaScript twin, and the peers that can run here. */
  lines: Record<string, number>;
  /** Microseconds of CPU for the real transform alone, by length: the kernel's, and FFTW's if it can be built. */
  fft: { length: number; kernelUs: number; fftwUs: number | null; ratio: number | null }[];
  /** Why a peer has no result. */
  missing: string[];
}

export interface FeatureBenchOptions {
  runs: number;
  /** A folder with the peers `windows.c` and `windows.py`; missing ones are named in `missing`. */
  peers: string;
  /** `fftwAlone.c`: in a checkout, not in an installed package. */
  fftwSource: string;
  info: (line: string) => void;
}

const LENGTH = 4096;
const RATE = 25_600;
const SHAFT_HZ = 24.7;
const BEARING = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const WINDOWS = 8;
const RUN_S = 0.7;
const FFT_LENGTHS = [1024, 4096, 16_384];
const FFT_RUN_S = 0.2;
/**
 * Transforms between two clock readings, each of which costs as much as a short transform; `fftAlone.c` does the same.
 */
const FFT_TURNS: readonly undefined[] = Array.from({ length: 50 });
/** The peers' features, where a window gives them: the engine's columns after `analyze`. */
const PEERS_FEATURES = 'the peers’ 18 features';
const NUMPY = ['numpy/scipy.fft tuned f32', 'numpy/scipy.fft batch32 f32', 'scipy typical f64'];

type Runner = () => number;

/** All features of an edge on 4,096-sample windows in one thread; alternating runs, medians. */
export function benchFeatures({ runs, peers, fftwSource, info }: FeatureBenchOptions): FeatureBench {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-features-'));
  try {
    const missing: string[] = [];
    const engines: SpectralEngine[] = [new PlainEngine(LENGTH)];
    if (KernelEngine.supported()) engines.unshift(new KernelEngine(LENGTH));
    else missing.push('kernel: WebAssembly with SIMD does not run here');
    const runners = new Map<string, Runner>(engines.map((e) => [e.name, () => ownRun(e)]));
    for (const [name, runner] of peerRunners(peers, scratch, missing)) runners.set(name, runner);
    runners.set(PEERS_FEATURES, () => peersFeaturesRun(engines[0]));
    const rates = new Map<string, number[]>([...runners.keys()].map((name) => [name, []]));
    for (let run = 1; run <= runs; run++) {
      for (const [name, runner] of runners) rates.get(name)?.push(runner());
      info(`run ${run} of ${runs}`);
    }
    const lines = Object.fromEntries([...rates].map(([name, values]) => [name, Math.round(median(values))]));
    const fft = fftAlone(runs, fftwSource, scratch, missing);
    const [best] = engines;
    const windowsPerCpuS = lines[best.name];
    const features = extractorOf(best).names.length;
    return {
      windowsPerCpuS,
      samplesPerCpuS: windowsPerCpuS * LENGTH,
      features,
      engine: best.name,
      lines,
      fft,
      missing,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function extractorOf(engine: SpectralEngine): VibrationFeatures {
  return new VibrationFeatures({ length: LENGTH, sampleRateHz: RATE, unit: 'g', bearing: BEARING }, engine);
}

function signals(length: number): Float32Array[] {
  const random = randomOf(1);
  return Array.from({ length: WINDOWS }, () =>
    Float32Array.from({ length }, (_, i) => Math.sin(i * 0.037) + 0.3 * gaussian(random)),
  );
}

/** Windows a CPU second. A third of a run's time is warm-up, so that everything is compiled. */
function rateOf<T>(windows: readonly T[], use: (window: T) => void, runS: number): number {
  const forS = (seconds: number) => {
    const before = process.cpuUsage();
    for (let count = 0; ; count += windows.length) {
      const { user, system } = process.cpuUsage(before);
      const spentS = (user + system) / 1e6;
      if (spentS >= seconds) return count / spentS;
      for (const window of windows) use(window);
    }
  };
  forS(runS / 3);
  return forS(runS);
}

function ownRun(engine: SpectralEngine): number {
  const extractor = extractorOf(engine);
  return rateOf(signals(LENGTH), (window) => extractor.extract(window, SHAFT_HZ), RUN_S);
}

/** RMS, peak, crest, kurtosis, skewness, eight bands, centroid, four lines of the envelope. */
function peersFeaturesRun(engine: SpectralEngine): number {
  const { bpfo, bpfi, bsf, ftf } = BEARING;
  const bins = [bpfo, bpfi, 2 * bsf, ftf].map((order) => Math.round((order * SHAFT_HZ * LENGTH) / RATE));
  const row = new Float64Array(18);
  const take = (window: Float32Array) => {
    engine.analyze(window);
    const [mean, m2, m3, m4, max, min] = engine.moments;
    const rms = Math.sqrt(m2);
    const peak = Math.max(max - mean, mean - min);
    row.set([rms, peak, peak / rms, m4 / (m2 * m2), m3 / (m2 * rms)]);
    let total = 0;
    for (let b = 0; b < 8; b++) {
      row[5 + b] = Math.sqrt(engine.bands[b]);
      total += engine.bands[b];
    }
    row[13] = engine.bands[8] / total;
    bins.forEach((bin, i) => {
      let largest = 0;
      for (let k = bin - 1; k <= bin + 1; k++)
        largest = Math.max(largest, engine.envelopeRe[k] ** 2 + engine.envelopeIm[k] ** 2);
      row[14 + i] = Math.sqrt(largest);
    });
  };
  return rateOf(signals(LENGTH), take, RUN_S);
}

/** The kernel's transform and FFTW's, alternating, medians. */
function fftAlone(runs: number, source: string, scratch: string, missing: string[]): FeatureBench['fft'] {
  if (!KernelEngine.supported()) return [];
  const fftw = fftwProgram(source, scratch, missing);
  const own = new Map<number, number[]>(FFT_LENGTHS.map((length) => [length, []]));
  const fftwTimes = new Map<number, number[]>(FFT_LENGTHS.map((length) => [length, []]));
  for (let run = 0; run < runs; run++) {
    for (const length of FFT_LENGTHS) {
      own.get(length)?.push(1e6 / rateOf(FFT_TURNS, transformInPlace(length), FFT_RUN_S));
    }
    if (!fftw) continue;
    const line = execFileSync(fftw, FFT_LENGTHS.map(String), { encoding: 'utf8' });
    for (const [length, us] of Object.entries(JSON.parse(line) as Record<string, number>))
      fftwTimes.get(Number(length))?.push(us);
  }
  return FFT_LENGTHS.map((length) => {
    const kernelUs = Number(median(own.get(length) ?? []).toFixed(3));
    const fftwUs = fftw ? Number(median(fftwTimes.get(length) ?? []).toFixed(3)) : null;
    return { length, kernelUs, fftwUs, ratio: fftwUs === null ? null : Number((fftwUs / kernelUs).toFixed(2)) };
  });
}

/** The samples are where the kernel reads them, like FFTW's in its own buffer. */
function transformInPlace(length: number): () => void {
  const memory = new KernelMemory(length * 80);
  const [signal] = signals(length);
  const input = memory.filled(length, (i) => signal[i]);
  const plan = memory.realPlan(length);
  return () => memory.forward(plan, input, 0);
}

/** Null if FFTW, a compiler or the source is missing. */
function fftwProgram(source: string, scratch: string, missing: string[]): string | null {
  const program = join(scratch, 'fftwAlone');
  try {
    execFileSync('gcc', ['-O3', '-march=native', source, '-o', program, '-lfftw3f', '-lm'], { stdio: 'pipe' });
    return program;
  } catch (error) {
    missing.push(`FFTW alone: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    return null;
  }
}

function peerRunners(folder: string, scratch: string, missing: string[]): [string, Runner][] {
  if (!existsSync(join(folder, 'windows.c'))) {
    missing.push(`peers: no folder ${folder}`);
    return [];
  }
  const printedRate = (command: string, args: string[]) => {
    const line = execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return (JSON.parse(line) as { wps: number }).wps;
  };
  const compiled = join(scratch, 'windows');
  const candidates: [string, () => void, Runner][] = [
    [
      'C + FFTW f32',
      () => {
        const flags = ['-O3', '-march=native', '-ffast-math', join(folder, 'windows.c'), '-o', compiled];
        execFileSync('gcc', [...flags, '-lfftw3f', '-lm'], { stdio: 'pipe' });
      },
      () => printedRate(compiled, [String(RUN_S)]),
    ],
    ...NUMPY.map((name): [string, () => void, Runner] => [
      name,
      () => execFileSync('/usr/bin/python3', ['-c', 'import numpy, scipy'], { stdio: 'pipe' }),
      () => printedRate('/usr/bin/python3', ['windows.py', name, String(RUN_S)]),
    ]),
  ];
  return candidates.flatMap(([name, prepare, runner]): [string, Runner][] => {
    try {
      prepare();
      return [[name, runner]];
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
      return [];
    }
  });
}
