import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '#models/health/statistics.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { KernelEngine } from '#models/signal/kernelEngine.ts';
import { PlainEngine } from '#models/signal/plainEngine.ts';
import type { SpectralEngine } from '#models/signal/spectralEngine.ts';
import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';

export interface FeatureBench {
  /** Of the engine that this machine would use, medians over the runs. */
  windowsPerCpuS: number;
  samplesPerCpuS: number;
  features: number;
  engine: string;
  /** Windows a CPU second: the kernel, its plain twin, and the peers that can be run here. */
  lines: Record<string, number>;
  /** Why a peer has no line. */
  missing: string[];
}

export interface FeatureBenchOptions {
  runs: number;
  /** A folder with the peers `windows.c` and `windows.py`; absent ones are named in `missing`. */
  peers: string;
  say: (line: string) => void;
}

const LENGTH = 4096;
const RATE = 25_600;
const SHAFT_HZ = 24.7;
const BEARING = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const WINDOWS = 8;
const RUN_S = 0.7;
const NUMPY = ['numpy/scipy.fft tuned f32', 'numpy/scipy.fft batch32 f32', 'scipy typical f64'];

type Runner = () => number;

/** The whole production vector of an edge on 4,096-sample windows in one thread; all lines in turns, medians. */
export function benchFeatures({ runs, peers, say }: FeatureBenchOptions): FeatureBench {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-features-'));
  try {
    const missing: string[] = [];
    const engines: SpectralEngine[] = [new PlainEngine(LENGTH)];
    if (KernelEngine.supported()) engines.unshift(new KernelEngine(LENGTH));
    else missing.push('kernel: WebAssembly with SIMD does not run here');
    const runners = new Map<string, Runner>(engines.map((e) => [e.name, () => ownRun(e)]));
    for (const [name, runner] of peerRunners(peers, scratch, missing)) runners.set(name, runner);
    const rates = new Map<string, number[]>([...runners.keys()].map((name) => [name, []]));
    for (let run = 1; run <= runs; run++) {
      for (const [name, runner] of runners) rates.get(name)?.push(runner());
      say(`run ${run} of ${runs}`);
    }
    const lines = Object.fromEntries([...rates].map(([name, values]) => [name, Math.round(median(values))]));
    const [best] = engines;
    const windowsPerCpuS = lines[best.name];
    const features = extractorOf(best).names.length;
    return { windowsPerCpuS, samplesPerCpuS: windowsPerCpuS * LENGTH, features, engine: best.name, lines, missing };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function extractorOf(engine: SpectralEngine): VibrationFeatures {
  return new VibrationFeatures({ length: LENGTH, sampleRateHz: RATE, unit: 'g', bearing: BEARING }, engine);
}

/** Windows a CPU second. A third of a run's time is spent before the clock starts, so that all is compiled. */
function ownRun(engine: SpectralEngine): number {
  const random = randomOf(1);
  const windows = Array.from({ length: WINDOWS }, () =>
    Float32Array.from({ length: LENGTH }, (_, i) => Math.sin(i * 0.037) + 0.3 * gaussian(random)),
  );
  const extractor = extractorOf(engine);
  const forS = (seconds: number) => {
    const before = process.cpuUsage();
    for (let count = 0; ; count += WINDOWS) {
      const { user, system } = process.cpuUsage(before);
      const spentS = (user + system) / 1e6;
      if (spentS >= seconds) return count / spentS;
      for (const window of windows) extractor.extract(window, SHAFT_HZ);
    }
  };
  forS(RUN_S / 3);
  return forS(RUN_S);
}

function peerRunners(folder: string, scratch: string, missing: string[]): [string, Runner][] {
  if (!existsSync(join(folder, 'windows.c'))) {
    missing.push(`peers: no folder ${folder}`);
    return [];
  }
  const rateOf = (command: string, args: string[]) => {
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
      () => rateOf(compiled, [String(RUN_S)]),
    ],
    ...NUMPY.map((name): [string, () => void, Runner] => [
      name,
      () => execFileSync('/usr/bin/python3', ['-c', 'import numpy, scipy'], { stdio: 'pipe' }),
      () => rateOf('/usr/bin/python3', ['windows.py', name, String(RUN_S)]),
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
