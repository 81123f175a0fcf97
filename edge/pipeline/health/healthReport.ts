import type {
  HealthMessage,
  IsoVerdict,
  Namur,
  PointHealth,
  ProcessHealth,
  RemainingLife,
} from '#models/contracts/health.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import { trendLife } from '#models/health/trendLife.ts';
import type { Asset } from '#models/machine/asset.ts';
import { isoVerdict } from '#models/machine/iso20816.ts';
import { warningStatus } from '../alert/alertFamily.ts';
import { type PointAssessment, toPointHealth } from '../assessment/pointAssessment.ts';
import type { MachineState } from '../machineState.ts';
import { IndexHistory } from './readIndexHistory.ts';

export type HealthBody = Pick<
  HealthMessage,
  | 'asset'
  | 'kind'
  | 'displayName'
  | 'pointNames'
  | 'area'
  | 'line'
  | 'status'
  | 'index'
  | 'points'
  | 'iso'
  | 'remainingLife'
  | 'timeToLimit'
  | 'operatingState'
  | 'transmittedFrom'
  | 'process'
  | 'timeMs'
  | 'timeQuality'
>;

const NOT_DEGRADING: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'no sign of degradation',
  remedy: 'nothing: it is assessed when the index rises',
};

const NOT_ASSESSED: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'no point is assessed yet',
  remedy: 'see what the points say',
};

const endOfLifeReached = (level: number): RemainingLife => ({
  assessment: 'assessed',
  medianS: 0,
  lowS: 0,
  highS: 0,
  method: `the end of life at ${level} × the alert limit is reached`,
});

const NO_END_OF_LIFE: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'a rise predicts when the alert limit is reached, not when life ends',
  remedy: 'see timeToLimit; configure endOfLife where the end is known',
};

/** Display names of the configured points; empty if none has one. */
function pointNamesOf(config: Asset | undefined): Pick<HealthMessage, 'pointNames'> {
  const named = Object.entries(config?.points ?? {}).flatMap(([point, { displayName }]) =>
    displayName === undefined ? [] : [[point, displayName] as const],
  );
  return named.length === 0 ? {} : { pointNames: Object.fromEntries(named) };
}

/** The latest assessment of each point of a machine, and its health messages until the next commit collects them. */
export class HealthReport {
  #pending: HealthBody[] = [];
  /** The latest assessment by the machine's process model. */
  process: ProcessHealth | undefined;
  /** The largest index of the machine's points, as published; null if none is assessable. */
  index: number | null = null;
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #state: MachineState;
  readonly #pointNames: Pick<HealthMessage, 'pointNames'>;
  readonly #operatingState: () => HealthMessage['operatingState'];
  readonly #clock: () => string | null;
  readonly #transmittedFrom: () => string | null;
  readonly #history: IndexHistory;
  /** Not kept across a restart: the next window restores it. */
  #points: PointHealth[] = [];
  /** Points that have sent data and are silent now. */
  readonly #silent = new Set<string>();

  /** @param state of the machine; modified here. */
  constructor(
    name: string,
    config: Asset | undefined,
    state: MachineState,
    operatingState: () => HealthMessage['operatingState'],
    clock: () => string | null,
    transmittedFrom: () => string | null = () => null,
  ) {
    this.#name = name;
    this.#config = config;
    this.#state = state;
    this.#pointNames = pointNamesOf(config);
    this.#operatingState = operatingState;
    this.#clock = clock;
    this.#transmittedFrom = transmittedFrom;
    this.#history = new IndexHistory(state.history);
  }

  take(): HealthBody[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }

  record(assessment: PointAssessment): void {
    this.#silent.delete(assessment.point);
    this.#setPoint(toPointHealth(assessment));
    if (assessment.velocityMmPerS !== undefined)
      this.#state.velocities.set(assessment.point, assessment.velocityMmPerS);
  }

  /** Records a vibration index for the estimate of remaining life. */
  recordIndex({ point, timeMs }: PointAssessment, index: number): void {
    this.#history.add(point, timeMs / 1000, index);
  }

  /** Reports points that are silent, or whose data are all rejected, as not assessable; published at once. */
  reportSilence(silentPoints: readonly { name: string; sinceMs: number; refusal: Rejection | null }[]): void {
    for (const { name, sinceMs, refusal } of silentPoints) {
      // Without a duration: the text is sent once and read later.
      const reason = refusal === null ? 'nothing is heard of it' : `all that arrives is refused: ${refusal}`;
      const remedy =
        refusal === null
          ? 'check the sensor, its device and the network between them'
          : 'check what its device sends; the ledger counts rejections by reason';
      this.#silent.add(name);
      // An outdated velocity must not count for the ISO zone.
      this.#state.velocities.delete(name);
      this.#setPoint({ assessment: 'not_assessable', point: name, reason, remedy, silentSinceMs: sinceMs });
    }
    // By the machine's own clock, which may differ from the edge's.
    this.report(Math.max(this.#state.healthMs, 0) + 1);
  }

  report(timeMs: number): void {
    this.#state.healthMs = timeMs;
    const operatingState = this.#operatingState();
    const transmittedFrom = this.#transmittedFrom();
    const assessed = this.#points.flatMap((p) => (p.assessment === 'assessed' ? [p] : []));
    const worst = assessed.reduce<(typeof assessed)[number] | null>((a, b) => (a && a.index >= b.index ? a : b), null);
    this.index = worst?.index ?? null;
    this.#pending.push({
      timeMs,
      timeQuality: this.#clock() === null ? 'source' : 'corrected',
      asset: this.#name,
      kind: this.#config?.kind ?? 'machine',
      ...(this.#config?.displayName !== undefined && { displayName: this.#config.displayName }),
      ...this.#pointNames,
      ...(this.#config?.area !== undefined && { area: this.#config.area }),
      ...(this.#config?.line !== undefined && { line: this.#config.line }),
      status: this.#status(assessed.length > 0),
      ...(worst ? { index: worst.index } : {}),
      points: this.#points,
      ...this.iso(),
      remainingLife: this.remainingLife(),
      timeToLimit: this.#estimateTimeTo(1, 'the alert limit'),
      ...(operatingState ? { operatingState } : {}),
      ...(transmittedFrom === null ? {} : { transmittedFrom }),
      ...(this.process ? { process: this.process } : {}),
    });
  }

  /** Present only if an end of life is configured: an alert limit is not one. */
  remainingLife(): RemainingLife {
    const end = this.#config?.endOfLife;
    if (end && this.index !== null && this.index >= end.value) return endOfLifeReached(end.value);
    if (end) return this.#estimateTimeTo(end.value, `the end of life at ${end.value} × the alert limit`);
    return this.#history.all().length === 0 ? this.#noTrend() : NO_END_OF_LIFE;
  }

  /** While a baseline is being learned, there is no degradation to extrapolate. */
  #noTrend(): RemainingLife {
    return this.index === null ? NOT_ASSESSED : NOT_DEGRADING;
  }

  /** The shortest time among degrading vibration points. */
  #estimateTimeTo(level: number, meaning: string): RemainingLife {
    const lives = this.#history.all().map(({ timesS, indices }) => trendLife(timesS, indices, level, meaning));
    const assessed = lives.filter((life) => life.assessment === 'assessed');
    if (assessed.length === 0) return lives[0] ?? this.#noTrend();
    return assessed.reduce((a, b) => (a.medianS <= b.medianS ? a : b));
  }

  /** ISO judges a machine by the largest velocity among its points. */
  iso(): { iso?: IsoVerdict } {
    const { velocities } = this.#state;
    if (!this.#config?.iso || velocities.size === 0) return {};
    return { iso: isoVerdict(this.#config.iso, Math.max(...velocities.values())) };
  }

  #setPoint(verdict: PointHealth): void {
    this.#points = [...this.#points.filter((p) => p.point !== verdict.point), verdict];
  }

  /**
   * NAMUR NE 107: a partial assessment is a function check; a developing defect is maintenance required, a critical one
   * out of specification; only the end of life is a failure.
   */
  #status(assessed: boolean): Namur {
    const end = this.#config?.endOfLife;
    if (end && this.index !== null && this.index >= end.value) return 'FAILURE';
    const active = [...this.#state.alerts].flatMap(([family, alert]) => {
      const warning = warningStatus(family);
      return alert.active && warning !== null ? [{ warning, severity: alert.severity }] : [];
    });
    if (active.some(({ severity }) => severity === 'critical')) return 'OFF_SPEC';
    if (active.some(({ warning }) => warning === 'MAINTENANCE_REQUIRED')) return 'MAINTENANCE_REQUIRED';
    if (active.length > 0) return 'OFF_SPEC';
    return assessed && this.#silent.size === 0 ? 'NORMAL' : 'CHECK_FUNCTION';
  }
}
