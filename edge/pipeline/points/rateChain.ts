import { QUIET, type TriggerState } from '#models/alerting/trigger.ts';
import type { Unit } from '#models/contracts/units.ts';
import { LevelDetector, type LevelSettings } from '#models/health/levelDetector.ts';
import { VELOCITY } from '#models/health/velocityAlarm.ts';
import { velocityBandHz } from '#models/machine/iso20816.ts';
import type { SpectralEngine } from '#models/signal/spectralEngine.ts';
import { type FeaturePlan, VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import { fromSingleDetector, StateDetectors, type StateDetectorsState } from '../assessment/stateDetectors.ts';
import { sameRate } from '../block/sampleRate.ts';
import type { RowMeta } from '../features/featureRows.ts';

/** Processes a point's windows at one sample rate. */
export interface RateChain {
  sampleRateHz: number;
  signature: string;
  features: VibrationFeatures;
  detectors: StateDetectors;
  trigger: TriggerState;
  meta: RowMeta;
  velocityColumn: number;
  crestColumn: number;
  /** Features that its detectors monitor. */
  followed: { indexed: readonly string[]; evidence: readonly string[] };
}

export interface RateChainState {
  sampleRateHz: number;
  /** Identifies the detector's inputs: its baseline does not apply to another unit, length or bearing. */
  signature: string;
  detectors?: StateDetectorsState;
  /** Present in states stored before there were operating states. */
  detector?: Float64Array;
  trigger: TriggerState;
}

/** Settings common to a point's chains. */
export interface RateChainPlan {
  asset: string;
  point: string;
  unit: Unit;
  /** Window length, samples. */
  length: number;
  features: Omit<FeaturePlan, 'length' | 'sampleRateHz'>;
  engine: SpectralEngine;
  level: LevelSettings;
  /** False-alarm budget of the point per month. */
  falseAlerts: number;
}

/** A point with more sample rates drops the least recently used. */
const MAX_CHAINS = 3;

/** A point's chains by sample rate: a device may send several, and measures its own. */
export class RateChains {
  readonly #plan: RateChainPlan;
  /** In order of use, the latest last. */
  #chains: RateChain[];

  constructor(plan: RateChainPlan, states: readonly RateChainState[] = []) {
    this.#plan = plan;
    this.#chains = states.map((state) => createChain(plan, state.sampleRateHz, state));
  }

  at(sampleRateHz: number): RateChain {
    const near = (chain: RateChain) => sameRate(chain.sampleRateHz, sampleRateHz);
    const last = this.#chains[this.#chains.length - 1];
    if (last && near(last)) return last;
    const chain = this.#chains.find(near) ?? createChain(this.#plan, sampleRateHz);
    this.#chains = [...this.#chains.filter((c) => c !== chain), chain].slice(-MAX_CHAINS);
    return chain;
  }

  state(): RateChainState[] {
    return this.#chains.map(({ sampleRateHz, signature, detectors, trigger }) => ({
      sampleRateHz,
      signature,
      detectors: detectors.state(),
      trigger,
    }));
  }
}

/** For a slow machine: baselines learned in another velocity band do not apply in its own. */
function velocityBandOf({ features: { ratedRpm } }: RateChainPlan): string[] {
  return velocityBandHz(ratedRpm)[0] < velocityBandHz()[0] ? ['slow'] : [];
}

function createChain(plan: RateChainPlan, sampleRateHz: number, before?: RateChainState): RateChain {
  const { asset, point, unit, length, level, falseAlerts } = plan;
  const features = new VibrationFeatures({ ...plan.features, length, sampleRateHz }, plan.engine);
  const { names } = features;
  const followed = followedOf(names);
  const { indexed, evidence } = followed;
  const signature = [unit, length, ...names, 'evidence', ...evidence, ...velocityBandOf(plan)].join(' ');
  const known = before?.signature === signature ? before : undefined;
  return {
    sampleRateHz,
    signature,
    features,
    detectors: new StateDetectors(
      (snapshot) => new LevelDetector(names, indexed, evidence, level, snapshot),
      falseAlerts,
      known?.detectors ?? fromSingleDetector(known?.detector),
    ),
    trigger: known?.trigger ?? QUIET,
    meta: { asset, point, unit, windowUs: (length / sampleRateHz) * 1e6, names },
    velocityColumn: names.indexOf(VELOCITY),
    crestColumn: names.indexOf('crestFactor'),
    followed,
  };
}

/** RMS and the bands from 3/8 to 6/8 of Nyquist: where bearings ring, and below the sensor filter's roll-off. */
function followedOf(names: readonly string[]): RateChain['followed'] {
  const bands = names.filter((name) => name.startsWith('band'));
  const evidence = names.filter((name) => name === VELOCITY || /^envelope(Rms|Bp|Bs|Ft)/.test(name));
  return { indexed: ['rms', ...bands.slice(3, 6)], evidence };
}
