import type { Unit } from '#models/contracts/units.ts';
import { amplitudes, thinned, welch } from '#models/signal/welch.ts';
import { arrivalLines } from '../sources/arrivalText.ts';
import { type Samples, samplesReader } from '../sources/mappingText.ts';
import { proposeMappings } from '../sources/proposeMapping.ts';
import type { Arrival } from '../sources/source.ts';

/** A point of a proposed mapping, with the content of one message. */
export interface FoundPoint {
  asset: string;
  point: string;
  kind: 'waveform' | 'value';
  /** The message as text. */
  shown: string;
  /** Of a waveform: peak amplitudes from 0 Hz, `stepHz` apart; null if it is too short. */
  spectrum: { stepHz: number; amplitude: readonly number[] } | null;
}

/** Messages of one kind, the proposed mapping, and its points. */
export interface FoundGroup {
  subscription: Record<string, unknown>;
  topics: readonly string[];
  points: readonly FoundPoint[];
  /** Messages that the mapping would refuse, and why. */
  refused: readonly string[];
}

export interface Discovery {
  groups: readonly FoundGroup[];
  /** Topics for which there is no proposal. */
  unknown: readonly string[];
}

const MAX_POINTS = 200;
const SEGMENT = 4096;
const MIN_SEGMENT = 256;
/** Points of a drawn spectrum. */
const PLACES = 400;

/** Proposes mappings for a broker's messages. Pure. */
export function discover(samples: Samples, nowMs: number): Discovery {
  const proposals = proposeMappings(samples.byTopic);
  const groups = proposals.flatMap(({ subscription, topics }): FoundGroup[] => {
    if (subscription === null) return [];
    const read = samplesReader(subscription, nowMs);
    const arrivals = topics.flatMap((topic) => read(topic, samples.byTopic.get(topic) as Buffer));
    return [
      {
        subscription,
        topics,
        points: distinctPoints(arrivals),
        refused: [...new Set(arrivals.filter((a) => !a.ok).flatMap(arrivalLines))],
      },
    ];
  });
  const unknown = proposals.filter(({ subscription }) => subscription === null).flatMap(({ topics }) => topics);
  return { groups, unknown };
}

function distinctPoints(arrivals: readonly Arrival[]): FoundPoint[] {
  const points = new Map<string, FoundPoint>();
  for (const arrival of arrivals) {
    if (!arrival.ok || points.size >= MAX_POINTS) continue;
    const { asset, point, kind } = arrival.block;
    const key = `${asset}/${point}`;
    if (points.has(key)) continue;
    points.set(key, {
      asset,
      point,
      kind: kind === 'scalars' ? 'value' : 'waveform',
      shown: arrivalLines(arrival)[0] ?? '',
      spectrum: spectrumOf(arrival),
    });
  }
  return [...points.values()];
}

function spectrumOf(arrival: Arrival): FoundPoint['spectrum'] {
  if (!arrival.ok || arrival.block.kind === 'scalars') return null;
  const { samples, sampleRateHz } = arrival.block;
  let length = SEGMENT;
  while (length > samples.length) length /= 2;
  if (length < MIN_SEGMENT) return null;
  const averaged = welch(samples, sampleRateHz, length);
  const amplitude = thinned(amplitudes(averaged, 'peak'), PLACES);
  const binsAPlace = Math.max(1, Math.ceil(averaged.density.length / PLACES));
  return { stepHz: averaged.stepHz * binsAPlace, amplitude: [...amplitude] };
}

/** Units to offer first for each kind of point. */
export const usualUnits: Record<FoundPoint['kind'], readonly Unit[]> = {
  waveform: ['g', 'm/s2', 'mm/s', 'in/s', 'um', 'mil', '1'],
  value: ['degC', 'rpm', 'bar', 'A', 'kW', 'm3/h', 'mm/s', '%', '1'],
};
