import type { Forecaster } from './forecaster.ts';

const OCCURRENCE_WEIGHT = 0.05;
const SIZE_WEIGHT = 0.1;

/**
 * Teunter–Syntetos–Babai: the probability of a demand is smoothed each period, its size at each demand, so that the
 * forecast of a part without demand falls to 0. Source: Teunter et al., EJOR 214 (2011).
 */
export class Tsb implements Forecaster {
  readonly name = 'tsb';
  #rate = 0;

  fit(history: readonly number[]): void {
    const sizes = history.filter((v) => v > 0);
    let probability = sizes.length / history.length;
    let size = sizes.length > 0 ? sizes.reduce((a, b) => a + b, 0) / sizes.length : 0;
    for (const demand of history) {
      probability += OCCURRENCE_WEIGHT * ((demand > 0 ? 1 : 0) - probability);
      if (demand > 0) size += SIZE_WEIGHT * (demand - size);
    }
    this.#rate = probability * size;
  }

  predict(horizon: number): number[] {
    return new Array(horizon).fill(this.#rate);
  }
}
