import { pino } from 'pino';
import { z } from 'zod';
import { brokerClient } from '../brokerConnection.ts';
import { arrivalLines } from './arrivalText.ts';
import { type BrokerConfig, brokerFields } from './brokerFields.ts';
import { readChunkHeader } from './chunk.ts';
import { chunksOf } from './chunkedWaveforms.ts';
import { decode, decodeRetained, refuseAll } from './decode.ts';
import { inflated } from './jsonText.ts';
import { REMEDIES } from './refusalLog.ts';
import { filterOf, type Properties, type Route, Router } from './route.ts';
import type { Arrival } from './source.ts';
import { type MqttSourceConfig, withoutGroup } from './sourceConfig.ts';
import { SubscriptionCounts } from './subscriptionCounts.ts';
import { timeReader } from './timeReader.ts';

/** Messages shown per topic. */
const SHOWN = 3;
const MAX_TOPICS = 1000;
const MAX_LINES = 20;
const MAX_FUTURE_MS = 300_000;

export interface ReceivedMessage {
  topic: string;
  payload: Buffer;
  retained: boolean;
  /** User properties of MQTT 5. */
  properties?: Properties;
}

/** A broker from its address alone, which may include a user name; null if it is not a broker address. */
export function brokerOf(url: string): BrokerConfig | null {
  const parsed = z.object(brokerFields).safeParse({ url });
  return parsed.success ? parsed.data : null;
}

/**
 * Receives a broker's messages under some filters, as a temporary client: nothing is acknowledged in place of the edge.
 * @throws Error if the broker cannot be reached or refuses.
 */
export async function collectMessages(
  broker: BrokerConfig,
  filters: readonly string[],
  durationMs: number,
  stop: AbortSignal,
  take: (message: ReceivedMessage) => void,
): Promise<void> {
  const clientId = `millwright-listen-${Math.random().toString(16).slice(2, 10)}`;
  const client = brokerClient(
    broker.url,
    broker,
    { clientId, clean: true, properties: undefined, reconnectPeriod: 0 },
    pino({ level: 'silent' }),
  );
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('error', reject);
      client.once('close', () => reject(new Error('the broker closed the connection')));
      client.on('message', (topic, payload, { retain, properties }) =>
        take({ topic, payload, retained: retain, properties: properties?.userProperties }),
      );
      client.once('connect', () => {
        for (const filter of new Set(filters))
          client.subscribe(filter, { qos: 0 }, (error) => error && reject(new Error(`${filter}: ${error.message}`)));
        const timer = setTimeout(resolve, durationMs);
        stop.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
      client.connect();
    });
  } finally {
    await client.endAsync(true);
  }
}

/** Shows the result of each message of a source as lines for users, with a summary per subscription at the end. */
export class Listening {
  readonly #config: MqttSourceConfig;
  readonly #router: Router;
  readonly #counts: SubscriptionCounts;
  readonly #shown = new Map<string, number>();
  #unmapped = 0;

  constructor(config: MqttSourceConfig) {
    this.#config = config;
    this.#router = new Router(config.subscriptions);
    this.#counts = new SubscriptionCounts(config.subscriptions.map(({ topic }) => topic));
  }

  /** Without the groups of shared subscriptions, so that other members of the group miss nothing. */
  get filters(): string[] {
    return this.#config.subscriptions.map(({ topic }) => filterOf(withoutGroup(topic)));
  }

  /** Lines to show; none once enough were shown of its topic. */
  take({ topic, payload, retained, properties }: ReceivedMessage, nowMs: number): string[] {
    const route = this.#router.find(topic, properties);
    const shown = this.#shown.get(topic) ?? 0;
    if (shown > 0 || this.#shown.size < MAX_TOPICS) this.#shown.set(topic, shown + 1);
    if (!route) {
      this.#unmapped++;
      return shown < 1 ? [topic, '  no subscription fits this topic'] : [];
    }
    const { subscription } = route;
    this.#counts.message(subscription.topic);
    const outcome = this.#outcome(route, payload, retained, nowMs);
    if (typeof outcome !== 'string') this.#counts.note(subscription.topic, topic, outcome);
    else this.#counts.chunk(subscription.topic);
    if (shown >= SHOWN) return [];
    const lines = typeof outcome === 'string' ? [outcome] : linesOf(outcome);
    return [topic, ...lines.slice(0, MAX_LINES).map((line) => `  ${line}`)];
  }

  /** One line per subscription; `ok` if each accepted something. */
  summary(): { lines: string[]; ok: boolean } {
    const ledgers = this.#counts.ledgers();
    const lines = ledgers.map(({ subscription, messages, values, ignored, chunks, rejected }) => {
      const reasons = Object.entries(rejected).map(([reason, n]) => `${n} ${reason}`);
      const parts = [`${messages} messages`, `${values} values`, ...(ignored ? [`${ignored} ignored`] : [])];
      return `${subscription}: ${[...parts, ...(chunks ? [`${chunks} chunks`] : []), ...reasons].join(', ')}`;
    });
    if (this.#unmapped > 0) lines.push(`on no subscription: ${this.#unmapped} messages`);
    return { lines, ok: ledgers.every(({ values, chunks }) => values + chunks > 0) };
  }

  #outcome(route: Route, payload: Buffer, retained: boolean, nowMs: number): Arrival[] | string {
    if (retained && !route.subscription.retained) return refuseAll(route, 'retained');
    const chunked = chunksOf(route);
    if (chunked) return chunkOutcome(route, chunked, payload);
    const { timeFormat, timeZone } = this.#config;
    const limits = { nowMs, maxFutureMs: MAX_FUTURE_MS, readTime: timeReader(timeFormat, timeZone) };
    return retained ? decodeRetained(route, payload, limits) : decode(route, payload, limits);
  }
}

function chunkOutcome(
  route: Route,
  spec: NonNullable<ReturnType<typeof chunksOf>>,
  payload: Buffer,
): Arrival[] | string {
  const whole = inflated(payload);
  if (!whole.ok) return refuseAll(route, whole.rejection);
  const header = readChunkHeader(route, spec, spec.chunks, whole.value);
  if ('rejection' in header) return [{ ok: false, point: null, ...header }];
  return `chunk ${header.index + spec.chunks.first} of ${header.total}${header.message && ` of waveform ${header.message}`}`;
}

function linesOf(arrivals: readonly Arrival[]): string[] {
  if (arrivals.length === 0) return ['ignored: payload.where or each.only does not ask for it'];
  const lines = arrivals.flatMap(arrivalLines);
  const reasons = new Set(arrivals.flatMap((a) => (a.ok ? [] : [a.rejection])));
  return [...lines, ...[...reasons].flatMap((reason) => (REMEDIES[reason] ? [`→ ${REMEDIES[reason]}`] : []))];
}
