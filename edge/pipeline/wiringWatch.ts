import type { WiringFault } from '#models/contracts/alert.ts';
import type { SampleBlock, ScalarBlock, WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { lineAt, lookAt, type SignalLook } from '#models/health/wiring/signalLook.ts';
import { isSwappedWithSpeed, mainsOf, type SlowLook, slowWiring } from '#models/health/wiring/slowWiring.ts';
import { belongsTo, scaleBetween, vibrationWiring, type WiringFinding } from '#models/health/wiring/vibrationWiring.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../sources/source.ts';
import { Gatherer, GatherRoom } from './gatherer.ts';
import { TwinSignals, type Twins } from './twinSignals.ts';
import { type WiringChange, WiringVotes } from './wiringVotes.ts';

/** What has to be known of the machine that a block came from. */
export interface WatchedMachine {
  name: string;
  config: Asset | undefined;
  shaft: { hz: number; ratedHz: number };
  /** Whether something other than the vibration tells its speed. */
  isSpeedMeasured: boolean;
}

/** Points whose signal is gathered at once. */
const PLACES = 4;
const ENOUGH_S = 3;
/** A point that sends little is looked at after so many blocks. */
const ENOUGH_BLOCKS = 20;
/** A point that has a place and sends nothing loses it. */
const IDLE_MS = 3_600_000;
/** The first looks at a point follow one another closely; later ones see to what was changed. */
const FIRST_LOOKS = 8;
const FIRST_EVERY_US = 10e6;
const LATER_EVERY_US = 3600e6;
/** Slow values of which one look is made. */
const SLOW_VALUES = 30;
/** A machine that turns at this part of its rated speed runs. */
const RUNS = 0.3;

const VIBRATION_KINDS: readonly WiringFault[] = ['dead_channel', 'wrong_scale', 'inverted_axis', 'swapped_sensors'];
const WITHOUT_LINES = VIBRATION_KINDS.filter((kind) => kind !== 'swapped_sensors');
const SLOW_KINDS: readonly WiringFault[] = ['dead_channel', 'wrong_scale', 'inverted_axis'];

interface Place {
  gatherer: Gatherer;
  blocks: number;
  lastMs: number;
}

interface SlowWindow {
  count: number;
  mean: number;
  squares: number;
}

/**
 * Looks for faults of wiring and configuration: a few seconds of each vibration point now and then, each slow point by
 * thirty values. Knows all machines of the edge, since a cable may end at the wrong one. What it finds, three looks in a row
 * have agreed on. Nothing of it is kept across a restart, but what was reported is.
 */
export class WiringWatch {
  readonly #room = new GatherRoom(PLACES);
  readonly #places = new Map<string, Place>();
  readonly #looks = new Map<string, { made: number; nextUs: number; look: SignalLook | null }>();
  readonly #windows = new Map<string, SlowWindow>();
  readonly #slow = new Map<string, SlowLook>();
  readonly #shafts = new Map<string, number>();
  readonly #twins = new TwinSignals();
  readonly #votes = new WiringVotes();

  /** What a block that was taken adds to what is known. */
  see(block: SampleBlock, machine: WatchedMachine, nowMs: number): WiringChange[] {
    this.#shafts.set(machine.name, machine.shaft.hz);
    if (block.kind === 'scalars') return [...this.#values(block, machine), ...this.#twins.values(block).map(change)];
    const role = configuredPoint(machine.config, block.point)?.role;
    return role === 'tachometer'
      ? []
      : [...this.#waveform(block, machine, nowMs), ...this.#twins.block(block).map(change)];
  }

  #waveform(block: WaveformBlock, machine: WatchedMachine, nowMs: number): WiringChange[] {
    const key = `${block.asset}/${block.point}`;
    const known = this.#looks.get(key) ?? { made: 0, nextUs: Number.NEGATIVE_INFINITY, look: null };
    const place = this.#placeFor(key, block.startUs >= known.nextUs, nowMs);
    if (!place) return [];
    place.gatherer.add(block, machine.shaft.hz);
    place.blocks++;
    place.lastMs = nowMs;
    if (place.gatherer.seconds < ENOUGH_S && place.blocks < ENOUGH_BLOCKS) return [];
    const { pieces, sampleRateHz } = place.gatherer.take();
    place.gatherer.clear();
    this.#places.delete(key);
    const unit = configuredPoint(machine.config, block.point)?.unit ?? DEFAULT_WAVEFORM_UNIT;
    const look = lookAt(pieces, sampleRateHz, unit, machine.shaft.hz);
    const everyUs = known.made < FIRST_LOOKS ? FIRST_EVERY_US : LATER_EVERY_US;
    this.#looks.set(key, { made: known.made + 1, nextUs: block.startUs + everyUs, look });
    return look ? this.#judge(block, machine, look) : [];
  }

  #judge({ asset, point, startUs }: WaveformBlock, machine: WatchedMachine, look: SignalLook): WiringChange[] {
    const { shaft, config, isSpeedMeasured } = machine;
    const isKnownToRun = isSpeedMeasured && runs(shaft);
    const alone = vibrationWiring(look, { ratedHz: shaft.ratedHz, isKnownToRun });
    const all = [...alone, ...this.#amongOthers(`${asset}/${point}`, look)];
    const timeMs = startUs / 1000;
    // A look without the point's own lines does not say that they are back.
    const isSwapped = all.some((f) => f.kind === 'swapped_sensors');
    const kinds = isSwapped || lineAt(look, shaft.hz) > 0 ? VIBRATION_KINDS : WITHOUT_LINES;
    // The speed is the machine's, whichever sensor shows that it is wrong.
    const speed = Object.entries(config?.points ?? {}).find(([, p]) => p.role === 'speed')?.[0] ?? point;
    return [
      ...this.#votes.count({ asset, point, timeMs }, kinds, all),
      ...this.#votes.count({ asset, point: speed, timeMs }, ['wrong_speed'], all),
    ];
  }

  /** What only other points show: another machine's lines, or the same ones at another scale. */
  #amongOthers(key: string, look: SignalLook): WiringFinding[] {
    const [asset] = key.split('/');
    for (const [otherKey, { look: its }] of this.#looks) {
      const [other, point] = otherKey.split('/');
      if (!its || otherKey === key) continue;
      if (other === asset) {
        const scale = scaleBetween(look, its);
        if (scale) return [scale];
      } else if (belongsTo(look, this.#shafts.get(other) ?? 0)) {
        const isSwapped = belongsTo(its, look.shaftHz);
        // Its own sensor may be sound, and its signal merely be brought here, too.
        if (!isSwapped) continue;
        const remedy = `its lines lie at the speed of ${other}, and those of ${other}/${point} at the speed of ${asset}: exchange the two cables, or the two mappings`;
        // Of the two, one reports it.
        return key < otherKey ? [{ kind: 'swapped_sensors', remedy }] : [];
      }
    }
    return [];
  }

  #values({ asset, point, timesUs, values }: ScalarBlock, machine: WatchedMachine): WiringChange[] {
    const key = `${asset}/${point}`;
    const changes: WiringChange[] = [];
    for (let i = 0; i < values.length; i++) {
      const window = this.#windows.get(key) ?? { count: 0, mean: 0, squares: 0 };
      window.count++;
      const off = values[i] - window.mean;
      window.mean += off / window.count;
      window.squares += off * (values[i] - window.mean);
      this.#windows.set(key, window);
      if (window.count < SLOW_VALUES) continue;
      this.#windows.delete(key);
      const { unit, role = 'condition', limit } = configuredPoint(machine.config, point) ?? {};
      const look = { mean: window.mean, sd: Math.sqrt(window.squares / window.count), unit, role, limit };
      this.#slow.set(key, look);
      changes.push(...this.#judgeSlow({ asset, point, timeMs: timesUs[i] / 1000 }, look, machine));
    }
    return changes;
  }

  #judgeSlow(
    at: { asset: string; point: string; timeMs: number },
    look: SlowLook,
    machine: WatchedMachine,
  ): WiringChange[] {
    const { shaft, isSpeedMeasured } = machine;
    const ratedRpm = 60 * shaft.ratedHz;
    const linesAtRated = this.#hasLine(at.asset, shaft.ratedHz);
    const isKnownToRun = (isSpeedMeasured && runs(shaft)) || linesAtRated;
    if (look.role !== 'speed')
      return this.#votes.count(at, SLOW_KINDS, slowWiring(look, ratedRpm, linesAtRated, isKnownToRun));
    const swapped = this.#swappedWithSpeed(at.asset, look, ratedRpm);
    const alone = swapped ? [swapped] : slowWiring(look, ratedRpm, linesAtRated, isKnownToRun);
    const mains = this.#mains(look.mean, ratedRpm, machine);
    return [
      ...this.#votes.count(at, [...SLOW_KINDS, 'swapped_sensors'], alone),
      ...this.#votes.count(at, ['wrong_mains_frequency'], mains),
    ];
  }

  #swappedWithSpeed(asset: string, speed: SlowLook, ratedRpm: number): WiringFinding | null {
    for (const [key, other] of this.#slow) {
      const [its, point] = key.split('/');
      if (its !== asset || other === speed || !isSwappedWithSpeed(speed, other, ratedRpm)) continue;
      const remedy = `${point} is at ${other.mean.toFixed(0)} and the speed at ${speed.mean.toFixed(0)}, with ${ratedRpm} rpm rated: exchange the two`;
      return { kind: 'swapped_sensors', remedy };
    }
    return null;
  }

  #mains(rpm: number, ratedRpm: number, { config }: WatchedMachine): WiringFinding[] {
    const { poles, lineHz = 0 } = config?.drivetrain ?? {};
    const hz = poles && ratedRpm > 0 ? mainsOf(rpm, ratedRpm, poles, lineHz) : null;
    if (hz === null) return [];
    const remedy = `${rpm.toFixed(0)} rpm with ${poles} poles is a motor on ${hz} Hz, not on ${lineHz} Hz: set drivetrain.lineHz to ${hz}, or correct drivetrain.poles`;
    return [{ kind: 'wrong_mains_frequency', remedy }];
  }

  #hasLine(asset: string, hz: number): boolean {
    if (hz <= 0) return false;
    return [...this.#looks].some(([key, { look }]) => look && key.startsWith(`${asset}/`) && lineAt(look, hz) > 0);
  }

  #placeFor(key: string, isDue: boolean, nowMs: number): Place | null {
    const own = this.#places.get(key);
    if (own || !isDue) return own ?? null;
    for (const [other, { lastMs, gatherer }] of this.#places) {
      if (nowMs - lastMs < IDLE_MS) continue;
      gatherer.clear();
      this.#places.delete(other);
    }
    if (this.#places.size >= PLACES) return null;
    const place = { gatherer: new Gatherer(this.#room), blocks: 0, lastMs: nowMs };
    this.#places.set(key, place);
    return place;
  }
}

const runs = ({ hz, ratedHz }: WatchedMachine['shaft']): boolean => hz > Math.max(RUNS * ratedHz, 1);

function change({ of, ...twins }: Twins): WiringChange {
  const remedy = `the same values as ${of}, to the last digit: connect its own sensor, or correct the mapping of one of the two`;
  return { ...twins, kind: 'duplicate_signal', remedy };
}
