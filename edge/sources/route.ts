import { nameOf } from './deviceNames.ts';
import { filled } from './entries.ts';
import { type Subscription, withoutGroup } from './sourceConfig.ts';

export interface Route {
  asset: string;
  /** '' if the payload names its points. */
  point: string;
  subscription: Subscription;
  /** Topic levels and message properties, by their names in the subscription, without braces. */
  levels?: Readonly<Record<string, string>>;
}

/** Text by key; a list if the key occurs several times. */
export type Properties = Readonly<Record<string, string | string[] | undefined>>;

const MAX_CACHED = 50_000;

/** Finds the point of a topic; the first matching subscription wins. */
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
   * Null if no subscription matches or a level is not a valid name.
   * @param properties of the message: user properties of MQTT 5, or headers of HTTP in lower case.
   */
  find(topic: string, properties: Properties = {}): Route | null {
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    const route = this.#match(topic, properties);
    // Only matches are cached: a flood of odd topics must neither evict them nor fill the memory.
    if (route && !route.subscription.properties && this.#cache.size < MAX_CACHED) this.#cache.set(topic, route);
    return route;
  }

  #match(topic: string, properties: Properties): Route | null {
    const levels = topic.split('/');
    for (const { levels: pattern, subscription } of this.#patterns) {
      if (!fits(pattern, levels)) continue;
      const named = { ...namedLevels(pattern, levels), ...namedProperties(subscription, properties) };
      // Machine or point may be named in the message instead of the topic.
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

/** A named level: `{asset}`, `{point}`, or any other that settings refer to. */
const NAMED = /^\{[A-Za-z][A-Za-z0-9]*\}$/;

function namedLevels(pattern: readonly string[], levels: readonly string[]): Record<string, string> {
  const named = pattern.flatMap((p, i) => (NAMED.test(p) ? [[p.slice(1, -1), levels[i]]] : []));
  return Object.fromEntries(named);
}

/** The first value of a repeated property counts. */
function namedProperties({ properties }: Subscription, given: Properties): Record<string, string> {
  const named = Object.entries(properties ?? {}).flatMap(([name, key]) => {
    // Node.js converts header names to lower case.
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
