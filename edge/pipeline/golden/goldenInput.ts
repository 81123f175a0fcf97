import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import { type ProcessModel, trainProcess } from '#models/health/process/processModel.ts';
import { gaussian, randomOf, seedOf } from '#models/random/random.ts';
import type { Arrival } from '../../sources/source.ts';
import input from './input.json' with { type: 'json' };

/** An arrival, and the edge's time. */
export interface Timed {
  nowMs: number;
  arrival: Arrival;
}

const { startMs, waveform, fault, temperature, mixer, duplicate, trend } = input;
const SHAFT_HZ = 25;
const VALUE_EVERY_S = 0.5;
const DAY_S = 86_400;
const during = (tS: number, { fromS, toS }: { fromS: number; toS: number }) => tS >= fromS && tS < toS;
const noise = (...parts: (string | number)[]) => {
  const random = randomOf(seedOf(...parts));
  return () => gaussian(random);
};

/** Everything that arrives from `fromS` until `toS`; the same times give the same arrivals. */
export function arrivalsBetween(fromS: number, toS: number): Timed[] {
  const steps = Array.from({ length: Math.round((toS - fromS) / waveform.everyS) }, (_, i) => i);
  return steps.flatMap((i) => {
    const tS = fromS + i * waveform.everyS;
    const isDue = Math.round(tS / waveform.everyS) % Math.round(VALUE_EVERY_S / waveform.everyS) === 0;
    const blocks = [...(isDue ? valuesAt(tS) : []), ...waveformsAt(tS)];
    const arrivals: Arrival[] = [...blocks.map((block) => ({ ok: true as const, block })), ...rejectionsAt(tS)];
    return arrivals.map((arrival) => ({ nowMs: startMs + tS * 1000, arrival }));
  });
}

/** Days of rising fan velocity, after everything else. */
export function trendArrivals(): Timed[] {
  return Array.from({ length: Math.round((trend.days * DAY_S) / trend.everyS) }, (_, i) => {
    const tS = DAY_S + i * trend.everyS;
    const amplitudeG = trend.firstG * (1 + trend.growthPerDay * ((i * trend.everyS) / DAY_S));
    const samples = signal('fan', tS, (k) => amplitudeG * shaft(k), trend.samples);
    return { nowMs: startMs + tS * 1000, arrival: { ok: true, block: waveformBlock('fan', '1V', tS, samples) } };
  });
}

/** A model of the mixer's healthy rows. */
export function mixerModel(): ProcessModel {
  const rows = Array.from({ length: 400 }, (_, i) => Float64Array.from(Object.values(mixerAt(-1 - i, false))));
  const notes = { data: 'golden', version: '0', seed: 1 };
  return trainProcess('principal_components', Object.keys(mixerAt(0, false)), rows, notes);
}

function waveformsAt(tS: number): SampleBlock[] {
  const isFaulty = during(tS, fault);
  const samples = signal('pump', tS, (k, at) => 0.05 * shaft(at) + (isFaulty ? impact(k, tS) : 0));
  const twin = during(tS, duplicate) ? [waveformBlock('fan', 'copy', tS, samples.slice())] : [];
  return [waveformBlock('pump', '1H', tS, samples), ...twin];
}

function valuesAt(tS: number): SampleBlock[] {
  const random = noise('values', Math.round(tS * 1000));
  const hot = during(tS, temperature) ? temperature.riseDegC : 0;
  const clogged = during(tS, { fromS: mixer.cloggedFromS, toS: mixer.cloggedToS });
  return [
    scalarBlock('pump', 'speed', tS, SHAFT_HZ * 60),
    scalarBlock('pump', 'temperature', tS, temperature.degC + hot + 0.2 * random()),
    ...Object.entries(mixerAt(tS, clogged)).map(([point, value]) => scalarBlock('mixer', point, tS, value)),
  ];
}

function mixerAt(tS: number, isClogged: boolean): Record<string, number> {
  const random = noise('mixer', Math.round(tS * 1000));
  const power = 10 + random();
  return { power, torque: 5 * power * (isClogged ? 0.4 : 1) + 0.3 * random(), oil: 20 + 2 * power + 0.3 * random() };
}

function rejectionsAt(tS: number): Arrival[] {
  const isAt = (atS: number) => Math.abs(tS - atS) < waveform.everyS / 2;
  const { rejected, unknown } = input;
  const arrivals: Arrival[] = [];
  if (isAt(rejected.atS))
    arrivals.push({ ok: false, rejection: rejected.rejection as 'not_finite', point: { asset: 'pump', point: '1H' } });
  if (isAt(unknown.atS)) arrivals.push({ ok: false, rejection: unknown.rejection as 'bad_topic', point: null });
  return arrivals;
}

const shaft = (k: number) => Math.sin((2 * Math.PI * SHAFT_HZ * k) / waveform.sampleRateHz);

/** Response of a resonance to the impacts of a defect. */
function impact(k: number, tS: number): number {
  const every = waveform.sampleRateHz / fault.impactsPerS;
  const since = (tS * waveform.sampleRateHz + k) % every;
  return fault.heightG * Math.exp(-since / fault.decaySamples) * Math.sin(fault.ringingRad * since);
}

/** @param of the signal, by the sample's index in the block and since the start. */
function signal(
  seed: string,
  tS: number,
  of: (k: number, at: number) => number,
  length = waveform.samples,
): Float32Array<ArrayBuffer> {
  const random = noise(seed, Math.round(tS * 1000));
  const first = Math.round(tS * waveform.sampleRateHz);
  return Float32Array.from({ length }, (_, k) => of(k, first + k) + 0.02 * random());
}

const base = (asset: string, point: string) => ({ asset, point, timeQuality: 'source' as const });

function waveformBlock(asset: string, point: string, tS: number, samples: Float32Array<ArrayBuffer>): SampleBlock {
  const startUs = Math.round(startMs * 1000 + tS * 1e6);
  return { ...base(asset, point), kind: 'waveform', startUs, sampleRateHz: waveform.sampleRateHz, samples };
}

function scalarBlock(asset: string, point: string, tS: number, value: number): SampleBlock {
  const timesUs = Float64Array.of(Math.round(startMs * 1000 + tS * 1e6));
  return { ...base(asset, point), kind: 'scalars', timesUs, values: Float64Array.of(value) };
}
