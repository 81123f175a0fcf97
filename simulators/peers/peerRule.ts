import { QUIET, stepTrigger, type TriggerState } from '#models/alerting/trigger.ts';
import type { Asset } from '#models/machine/asset.ts';
import { zoneLimits } from '#models/machine/iso20816.ts';

export const PEER_RULES = ['iso-limits', 'rms-sigma'] as const;
export type PeerRuleName = (typeof PEER_RULES)[number];

/** Input of the shipped peers for a frame. */
export interface FrameLevels {
  /** Of the acceleration, in the point's unit. */
  rms: number;
  /** 10–1000 Hz; null if the frame is too short or its rate too low. */
  velocityMmPerS: number | null;
}

/** Judges one point, frame by frame. */
export interface PeerRule {
  /** Report on a frame with which an alert begins; null for all others. */
  judge(levels: FrameLevels): string | null;
}

/** As in any careful product: three frames in a row, and off again after ten below nine tenths of the limit. */
const TRIGGER = { persistence: 3, offBelow: 0.9, offAfter: 10 };
/** Default class: that of most machines. */
const USUAL_CLASS = { group: 2, foundation: 'rigid' } as const;
const LEARN_FRAMES = 100;
const SIGMAS = 3;

export function createPeerRule(name: PeerRuleName, asset: Asset | undefined): PeerRule {
  switch (name) {
    case 'iso-limits':
      return new IsoLimits(zoneLimits(asset?.iso ?? USUAL_CLASS)[1]);
    case 'rms-sigma':
      return new RmsAtThreeSigma();
  }
}

/** Raises at the third consecutive index of 1 or more. */
class Alarm {
  #trigger: TriggerState = QUIET;

  begins(index: number): boolean {
    const before = this.#trigger.on;
    this.#trigger = stepTrigger(this.#trigger, index, TRIGGER);
    return this.#trigger.on && !before;
  }
}

/** Compares the velocity with the upper limit of zone B, whatever the machine's baseline (ISO 20816-3:2022). */
class IsoLimits implements PeerRule {
  readonly #limitMmPerS: number;
  readonly #alarm = new Alarm();

  constructor(limitMmPerS: number) {
    this.#limitMmPerS = limitMmPerS;
  }

  judge({ velocityMmPerS }: FrameLevels): string | null {
    if (velocityMmPerS === null || !this.#alarm.begins(velocityMmPerS / this.#limitMmPerS)) return null;
    return `velocity ${velocityMmPerS.toFixed(1)} mm/s RMS, limit ${this.#limitMmPerS}`;
  }
}

/** Compares the RMS with the mean of the first hundred frames plus three standard deviations. */
class RmsAtThreeSigma implements PeerRule {
  readonly #alarm = new Alarm();
  #frames = 0;
  #mean = 0;
  #squares = 0;

  judge({ rms }: FrameLevels): string | null {
    if (this.#frames < LEARN_FRAMES) {
      // Welford, Technometrics 4 (1962).
      this.#frames++;
      const before = rms - this.#mean;
      this.#mean += before / this.#frames;
      this.#squares += before * (rms - this.#mean);
      return null;
    }
    const sigma = Math.sqrt(this.#squares / (this.#frames - 1));
    if (!(sigma > 0) || !this.#alarm.begins((rms - this.#mean) / (SIGMAS * sigma))) return null;
    return `RMS ${rms.toPrecision(3)}, normally ${this.#mean.toPrecision(3)} ± ${sigma.toPrecision(2)}`;
  }
}
