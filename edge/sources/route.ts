import { nameOf } from './deviceNames.ts';
import { filled } from './entries.ts';
import { type Subscription, withoutGroup } from './sourceConfig.ts';

export interface Route {
  asset: string;
  /** '' where the payload names its points. */
  point: string;
  subscription: Subscription;
  /** The topic's levels and the message's properties, by the names that the subscription gives them, without braces. */
  levels?: Readonly<Record<string, string>>;
}

/** Text by key; of one that occurs several times a list. */
export type Properties = Readonly<Record<string, string | string[] | undefined>>;

const MAX_CACHED = 50_000;

/** Finds the point that a topic speaks of; the first subscription that fits decides. */
export class Router {
  readonly #patterns: { levels: string[]; subscription: Subscription }[];
  readonly #cache = new Map<string, Route | null>();

  constructor(subscriptions: readonly Subscription[]) {
    this.#patterns = subscriptions.map((subscription) => ({
      levels: withoutGroup(subscription.topic).split('/'),
      subscription,
    }));
  }

  /**
   * Null where no subscription fits or a level is not fit to be a name.
   * @param properties of the message: user properties of MQTT 5, or headers of HTTP in lower case.
   */
  find(topic: string, properties: Properties = {}): Route | null {
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    const route = this.#match(topic, properties);
    // Only what is of use is remembered: a flood of odd topics must not push out the good ones, nor fill the memory.
    if (route && !route.subscription.properties && this.#cache.size < MAX_CACHED) this.#cache.set(topic, route);
    return route;
  }

  #match(topic: string, properties: Properties): Route | null {
    const levels = topic.split('/');
    for (const { levels: pattern, subscription } of this.#patterns) {
      if (!fits(pattern, levels)) continue;
      const named = { ...namedLevels(pattern, levels), ...namedProperties(subscription, properties) };
      // A message that names its machine or its point itself needs none in its topic.
      const [asset, point] = (['asset', 'point'] as const).map((of) => {
        const template = subscription[of] ?? (named[of] === undefined ? '' : `{${of}}`);
        const text = filled(template, (level) => named[level]);
        return text === '' && template === '' ? '' : text === undefined ? null : nameOf(text, subscription.names);
      });
      if (asset === null || point === null) return null;
      return { asset, point, subscription, levels: named };
    }
    return null;
  }
}

function fits(pattern: readonly string[], levels: readonly string[]): boolean {
  const isOpen = pattern[pattern.length - 1] === '#';
  const own = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? levels.length < own.length : levels.length !== own.length) return false;
  return own.every((p, i) => p === '+' || NAMED.test(p) || p === levels[i]);
}

/** A level that has a name: `{asset}`, `{point}`, or any other that settings refer to. */
const NAMED = /^\{[A-Za-z][A-Za-z0-9]*\}$/;

function namedLevels(pattern: readonly string[], levels: readonly string[]): Record<string, string> {
  const named = pattern.flatMap((p, i) => (NAMED.test(p) ? [[p.slice(1, -1), levels[i]]] : []));
  return Object.fromEntries(named);
}

/** Of a property that occurs several times the first counts. */
function namedProperties({ properties }: Subscription, given: Properties): Record<string, string> {
  const named = Object.entries(properties ?? {}).flatMap(([name, key]) => {
    // Node.js has the names of headers in lower case.
    const own = [key, key.toLowerCase()].find((one) => Object.hasOwn(given, one));
    const value = own === undefined ? undefined : [given[own]].flat()[0];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(named);
}

/** The MQTT filter of a subscription's topic. */
export function filterOf(topic: string): string {
  return topic
    .split('/')
    .map((level) => (NAMED.test(level) ? '+' : level))
    .join('/');
}
