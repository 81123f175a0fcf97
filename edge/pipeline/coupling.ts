import type { CoupledAlert } from '#models/alerting/crossTalk.ts';
import type { EdgeConfig } from '../config.ts';
import type { Machine } from './machine.ts';

/** What machines that share a coupling or a frame know of each other's vibration. */
export class Coupling {
  readonly #assets: EdgeConfig['assets'];
  readonly #machines: ReadonlyMap<string, Machine>;

  constructor(assets: EdgeConfig['assets'], machines: ReadonlyMap<string, Machine>) {
    this.#assets = assets;
    this.#machines = machines;
  }

  /** Active vibration alerts of machines that are coupled to this one, whichever of the two is configured so. */
  alertsAround(name: string): CoupledAlert[] {
    return [...this.#machines].flatMap(([other, { verdicts }]) => {
      const isCoupled = this.#coupledTo(name).includes(other) || this.#coupledTo(other).includes(name);
      return isCoupled && verdicts.vibrationAlert ? [verdicts.vibrationAlert] : [];
    });
  }

  /** Machines whose vibration is taken for what this one transmits. */
  transmittedTo(name: string): string[] {
    return [...this.#machines].flatMap(([other, { verdicts }]) => (verdicts.transmittedFrom === name ? [other] : []));
  }

  /** A machine may be called "constructor": only what was configured counts. */
  #coupledTo(name: string): readonly string[] {
    return (Object.hasOwn(this.#assets, name) && this.#assets[name].coupledTo) || [];
  }
}
