import { isName } from '#models/contracts/names.ts';
import type { Subscription } from './sourceConfig.ts';

export interface Route {
  asset: string;
  /** '' where the payload names its points. */
  point: string;
  subscription: Subscription;
}

const MAX_CACHED = 50_000;

/** Finds the point that a topic speaks of; the first subscription that fits decides. */
export class Router {
  readonly #patterns: { levels: string[]; subscription: Subscription }[];
  readonly #cache = new Map<string, Route | null>();

  constructor(subscriptions: readonly Subscription[]) {
    this.#patterns = subscriptions.map((subscription) => ({ levels: subscription.topic.split('/'), subscription }));
  }

  /** Null where no subscription fits or a level is not fit to be a name. */
  find(topic: string): Route | null {
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    const route = this.#match(topic);
    // Only what is of use is remembered: a flood of odd topics must not push out the good ones, nor fill the memory.
    if (route && this.#cache.size < MAX_CACHED) this.#cache.set(topic, route);
    return route;
  }

  #match(topic: string): Route | null {
    const levels = topic.split('/');
    for (const { levels: pattern, subscription } of this.#patterns) {
      if (pattern.length !== levels.length) continue;
      const fits = pattern.every((p, i) => p === '+' || p === '{asset}' || p === '{point}' || p === levels[i]);
      if (!fits) continue;
      const asset = subscription.asset ?? levels[pattern.indexOf('{asset}')];
      const point = subscription.point ?? levels[pattern.indexOf('{point}')] ?? '';
      return isName(asset) && (point === '' || isName(point)) ? { asset, point, subscription } : null;
    }
    return null;
  }
}

/** The MQTT filter of a subscription's topic. */
export function filterOf(topic: string): string {
  return topic.replaceAll('{asset}', '+').replaceAll('{point}', '+');
}
