import { stringify } from 'yaml';
import { arrivalLines } from './arrivalText.ts';
import { decode } from './decode.ts';
import type { ReceivedMessage } from './listen.ts';
import { proposeMappings } from './proposeMapping.ts';
import { Router } from './route.ts';
import type { Proposal } from './separateProposals.ts';
import type { Arrival } from './source.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const MAX_TOPICS = 5000;
const MAX_BYTES = 256 * 1024;
const SHOWN_TOPICS = 3;
const SHOWN_VALUES = 12;
const SHOWN_BYTES = 100;
const SHOWN_ARRAYS = 5;
const MAX_FUTURE_MS = 300_000;

/** One message per topic, for a limited number of topics. */
export class Samples {
  readonly byTopic = new Map<string, Buffer>();

  get size(): number {
    return this.byTopic.size;
  }

  take({ topic, payload, retained }: ReceivedMessage): void {
    if (/^(\$|millwright\/)/.test(topic) || payload.length === 0 || payload.length > MAX_BYTES) return;
    // A retained message shows the format, but a live one takes precedence.
    if (retained && this.byTopic.has(topic)) return;
    if (this.byTopic.size < MAX_TOPICS || this.byTopic.has(topic)) this.byTopic.set(topic, payload);
  }
}

/** A list of subscriptions in YAML; comments show the topics and values of each, and what was not recognised. */
export function mappingLines({ byTopic }: Samples, nowMs: number): string[] {
  const proposals = proposeMappings(byTopic);
  const known = proposals.filter(({ subscription }) => subscription !== null);
  const unknown = proposals.filter(({ subscription }) => subscription === null);
  return [
    'subscriptions:',
    ...known.flatMap((proposal) => proposalLines(proposal, byTopic, nowMs)),
    ...unknown.map(({ topics }) => `# not recognised: ${topics[0]}: ${shown(byTopic.get(topics[0]) as Buffer)}`),
  ];
}

/** Reads messages by a proposed subscription, as an edge would. */
export function samplesReader(
  subscription: Proposal['subscription'],
  nowMs: number,
): (topic: string, payload: Buffer) => Arrival[] {
  const router = new Router([subscriptionSchema.parse(subscription)]);
  const limits = { nowMs, maxFutureMs: MAX_FUTURE_MS, readTime: timeReader('auto', 'UTC') };
  return (topic, payload) => {
    const route = router.find(topic);
    return route ? decode(route, payload, limits) : [];
  };
}

function proposalLines(
  { subscription, topics, left }: Proposal,
  byTopic: ReadonlyMap<string, Buffer>,
  nowMs: number,
): string[] {
  const read = samplesReader(subscription, nowMs);
  const yields = topics.slice(0, SHOWN_TOPICS).flatMap((topic) => {
    const arrivals = read(topic, byTopic.get(topic) as Buffer);
    return [
      `# ${topic}`,
      ...arrivals
        .flatMap(arrivalLines)
        .slice(0, SHOWN_VALUES)
        .map((line) => `#   ${line}`),
    ];
  });
  const more = topics.length > SHOWN_TOPICS ? [`# and ${topics.length - SHOWN_TOPICS} more topics`] : [];
  const arrays = left.length > 0 ? [`# not mapped, arrays: ${left.slice(0, SHOWN_ARRAYS).join(', ')}`] : [];
  const entry = stringify([subscription], { lineWidth: 0 }).trimEnd().split('\n');
  return [...yields, ...more, ...arrays, ...entry].map((line) => `  ${line}`);
}

const shown = (payload: Buffer): string =>
  payload
    .subarray(0, SHOWN_BYTES)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '.');
