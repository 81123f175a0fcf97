import type { CoupledAlert } from '#models/alerting/crossTalk.ts';
import type { EdgeConfig } from '../config.ts';
import type { Machine } from './machine.ts';

/** Shares vibration results between machines on a common coupling or frame. */
export class Coupling {
  readonly #assets: EdgeConfig['assets'];
  readonly #machines: ReadonlyMap<string, Machine>;

  constructor(assets: EdgeConfig['assets'], machines: ReadonlyMap<string, Machine>) {
    this.#assets = assets;
    this.#machines = machines;
  }

  /** Active vibration alerts of machines coupled to this one; either side may configure the coupling. */
  alertsAround(name: string): CoupledAlert[] {
    return [...this.#machines].flatMap(([other, { verdicts }]) => {
      const isCoupled = this.#coupledTo(name).includes(other) || this.#coupledTo(other).includes(name);
      return isCoupled && verdicts.vibrationAlert ? [verdicts.vibrationAlert] : [];
    });
  }

  /** Machines whose vibration is attributed to transmission from this one. */
  transmittedTo(name: string): string[] {
    return [...this.#machines].flatMap(([other, { verdicts }]) => (verdicts.transmittedFrom === name ? [other] : []));
  }

  /** A machine may be called "constructor": only configured names count. */
  #coupledTo(name: string): readonly string[] {
    return (Object.hasOwn(this.#assets, name) && this.#assets[name].coupledTo) || [];
  }
}
