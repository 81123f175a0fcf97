import { deserialize, serialize } from 'node:v8';
import type { Clock, LedgerMessage, Rejection, SourceOutages, SubscriptionLedger } from '#models/contracts/ledger.ts';
import type { MachineModels } from '#models/contracts/models.ts';
import { type MessageKind, topics } from '#models/contracts/topics.ts';
import { createEngine } from '#models/signal/createEngine.ts';
import type { EdgeConfig } from '../config.ts';
import type { HostResult } from '../models/modelHost.ts';
import type { Receipt } from '../receipts.ts';
import type { Arrival } from '../sources/source.ts';
import { DiagnosisCredit } from './diagnose.ts';
import { Machine, type MachineSettings } from './machine.ts';
import type { ModelSlot, SlotWork } from './modelSlot.ts';
import { ownModelPeriod } from './ownModelRows.ts';
import { SignalBufferPool } from './signalBuffer.ts';
import type { SlotModels } from './slotModels.ts';
import { NotReadyError } from './trial.ts';
import { WiringMonitor } from './wiringMonitor.ts';
import type { WiringChange } from './wiringVotes.ts';

/** A message on its way to the outbox; it gets its envelope there. */
export interface Outgoing {
  kind: Exclude<MessageKind, 'status' | 'want'>;
  topic: string;
  body: object;
}

/** Everything that one commit makes durable. */
export interface CommitBatch {
  outgoing: Outgoing[];
  states: { key: string; value: Buffer }[];
  /** Of the messages that brought it. */
  receipts?: readonly Receipt[];
}

/** A ledger message that is due. */
export interface LedgerDue {
  timeMs: number;
  sources?: SourceOutages[];
  subscriptions?: SubscriptionLedger[];
}

const LEDGER_CHUNK = 500;
/** Points whose signal is buffered at the same time: about 40 MB at 25.6 kHz. */
const MAX_BUFFERED_POINTS = 64;
const UNMAPPED = 'unmapped';

export interface MachineWork {
  asset: string;
  work: SlotWork;
}

/** Every machine of the edge: arrivals in, messages and states out. No I/O and no clock of its own. */
export class Pipeline {
  readonly #config: EdgeConfig;
  readonly #machines = new Map<string, Machine>();
  readonly #settings: MachineSettings;
  readonly #wiring = new WiringMonitor();
  /** Points whose wiring was corrected: they relearn after the next commit. */
  readonly #repairedPoints: { asset: string; point: string }[] = [];
  #points = 0;
  readonly #writtenStates = new Map<string, Buffer>();
  /** Points that changed since the last drain, and since the last ledger message. */
  #changedPoints = new Map<string, Set<string>>();
  #unreportedPoints = new Map<string, Set<string>>();
  readonly #unmapped: LedgerMessage['unmapped'];
  #unmappedChanged = false;
  #hasPendingAlerts = false;
  #publishedSources: string | undefined;
  #publishedSubscriptions: string | undefined;
  /** Machines that may have rows for their models. */
  readonly #machinesWithRows = new Set<string>();

  /** `states` is what `drain` gave before a restart; `version` is of Millwright, which evidence names. */
  constructor(config: EdgeConfig, states: ReadonlyMap<string, Buffer> = new Map(), version = 'unknown') {
    this.#config = config;
    const { alerting, detection, windows, otherWindows, slowIntervalS, spectrumIntervalMs, healthIntervalMs } = config;
    this.#settings = {
      windows,
      engine: createEngine(windows.length),
      otherWindows: otherWindows.map((shape) => ({ shape, engine: createEngine(shape.length) })),
      intervalS: slowIntervalS,
      level: detection.level,
      drift: detection.drift,
      states: detection.states,
      aheadMs: config.limits.maxFutureMs,
      falseAlerts: 0,
      trigger: alerting,
      alert: alerting,
      spectrumIntervalMs,
      healthIntervalMs,
      ownModelPeriod: ownModelPeriod(detection.ownModelDays, slowIntervalS),
      bufferPool: new SignalBufferPool(MAX_BUFFERED_POINTS),
      credit: new DiagnosisCredit(),
      version,
    };
    const unmapped = states.get(UNMAPPED);
    this.#unmapped = unmapped ? deserialize(unmapped) : {};
    this.#restore(states);
  }

  /** `nowMs` is the time of the arrival. */
  accept(arrival: Arrival, nowMs: number): void {
    this.#settings.credit.earn();
    if (arrival.ok) this.#acceptBlock(arrival, nowMs);
    else if (arrival.point && this.#hasPoint(arrival.point.asset, arrival.point.point)) {
      this.#machines.get(arrival.point.asset)?.reject(arrival.point.point, arrival.rejection, nowMs);
      this.#markPointChanged(arrival.point.asset, arrival.point.point);
    } else this.#countUnmapped(arrival.rejection);
  }

  /** Returns the messages and states that have accumulated since the last call. */
  drain(options: { ledger: LedgerDue | null }): CommitBatch {
    const origin = { site: this.#config.site, edge: this.#config.edge };
    const outgoing: Outgoing[] = [];
    const states: CommitBatch['states'] = [];
    for (const [asset, points] of this.#changedPoints) {
      const machine = this.#machines.get(asset) as Machine;
      const { alerts, health, evidence } = machine.verdicts.take();
      for (const body of alerts) outgoing.push({ kind: 'alerts', topic: topics.alerts(origin, asset), body });
      for (const body of health) outgoing.push({ kind: 'health', topic: topics.health(origin, asset), body });
      for (const body of evidence) outgoing.push({ kind: 'evidence', topic: topics.evidence(origin, body.id), body });
      const state = serialize(machine.state());
      // A machine changes less often than its points: what is on the disk already is not written again.
      if (!this.#writtenStates.get(asset)?.equals(state)) states.push({ key: `machine/${asset}`, value: state });
      this.#writtenStates.set(asset, state);
      const models = machine.verdicts.models.takeChanged();
      if (models) states.push({ key: `models/${asset}`, value: serialize(models) });
      for (const name of points) {
        const point = machine.points.get(name);
        if (!point) continue;
        const topic = topics.features(origin, asset, name);
        for (const body of point.rows.take()) outgoing.push({ kind: 'features', topic, body });
        states.push({ key: `point/${asset}/${name}`, value: serialize(point.state()) });
      }
    }
    this.#changedPoints = new Map();
    this.#hasPendingAlerts = false;
    for (const { asset, point } of this.#repairedPoints.splice(0)) this.relearn(asset, point);
    if (this.#unmappedChanged) states.push({ key: UNMAPPED, value: serialize(this.#unmapped) });
    if (options.ledger) outgoing.push(...this.#ledgers(topics.ledger(origin), options.ledger));
    return { outgoing, states };
  }

  /** Whether an alert awaits the next commit. */
  get hasPendingAlerts(): boolean {
    return this.#hasPendingAlerts;
  }

  /** Which signal engine runs here. */
  get engine(): string {
    return this.#settings.engine.name;
  }

  /** How many points are buffered and diagnosed, and how often a limit prevented it. */
  get diagnoses(): { gatheredPoints: number; refusedBlocks: number; made: number; deferred: number } {
    const { bufferPool, credit } = this.#settings;
    const { made, deferred } = credit;
    return { gatheredPoints: bufferPool.inUse, refusedBlocks: bufferPool.refused, made, deferred };
  }

  /** Finds points that have fallen silent; call it once a second. */
  checkSilence(nowMs: number): void {
    for (const [asset, machine] of this.#machines)
      for (const point of machine.checkSilence(nowMs)) this.#markPointChanged(asset, point);
  }

  /** Points that are silent. */
  get silentPoints(): number {
    let silent = 0;
    for (const { points } of this.#machines.values())
      for (const { intake } of points.values()) if (intake.silent) silent++;
    return silent;
  }

  /** Resets the baseline of a point; drain its pending messages first. False if there is no such point. */
  relearn(asset: string, point: string): boolean {
    const known = this.#machines.get(asset)?.relearn(point) ?? false;
    if (known) this.#markPointChanged(asset, point);
    return known;
  }

  /** Changes a machine's models; what changes is kept with the next commit. @throws NotReadyError where there is no such machine. */
  updateModels<T>(asset: string, change: (slot: ModelSlot) => T): T {
    const machine = this.#machines.get(asset);
    if (!machine) throw new NotReadyError(`there is no machine ${asset}`);
    const active = machine.verdicts.models.activeName;
    const result = change(machine.verdicts.models);
    if (machine.verdicts.models.activeName !== active) machine.verdicts.resetProcess();
    this.#markMachineChanged(asset);
    return result;
  }

  /** Rows that wait for models, by machine; pass each result to `applyModelResults`. */
  takeModelWork(): MachineWork[] {
    const waiting = [...this.#machinesWithRows];
    this.#machinesWithRows.clear();
    return waiting.flatMap((asset) => {
      const work = this.#machines.get(asset)?.verdicts.models.takeWork();
      return work ? [{ asset, work }] : [];
    });
  }

  /** Training rows of machines that have no model and enough rows; each machine once. */
  takeTrainingRows(): { asset: string; channels: string[]; rows: number[][] }[] {
    return [...this.#machines].flatMap(([asset, { verdicts }]) => {
      const own = verdicts.models.takeTrainingRows();
      return own ? [{ asset, ...own }] : [];
    });
  }

  /** Applies the results of `takeModelWork`, in the order of its jobs. */
  applyModelResults({ asset, work }: MachineWork, results: readonly HostResult[], nowMs: number): void {
    const machine = this.#machines.get(asset);
    if (!machine) return;
    machine.verdicts.applyModelResults(work, results, nowMs);
    this.#hasPendingAlerts ||= machine.verdicts.hasPendingAlerts;
    this.#machinesWithRows.add(asset);
    this.#markMachineChanged(asset);
  }

  /** The models of every machine that has, or had, one. */
  models(): MachineModels[] {
    return [...this.#machines].flatMap(([asset, machine]) => machine.verdicts.models.view(asset) ?? []);
  }

  /** How far each machine is on its way to its alert limit. */
  indices(): { asset: string; index: number }[] {
    return [...this.#machines].flatMap(
      ([
        asset,
        {
          verdicts: {
            health: { index },
          },
        },
      ]) => (index === null ? [] : [{ asset, index }]),
    );
  }

  /** Rows that no model judged, by reason. */
  get skippedRows(): { incomplete: number; too_many: number } {
    const total = { incomplete: 0, too_many: 0 };
    for (const { verdicts } of this.#machines.values()) {
      total.incomplete += verdicts.models.skipped.incomplete;
      total.too_many += verdicts.models.skipped.too_many;
    }
    return total;
  }

  /** Requests a recording of a point. False where the point is unknown or a recording is under way. */
  requestEvidence(id: string, asset: string, point: string): boolean {
    return this.#machines.get(asset)?.requestEvidence(id, point) ?? false;
  }

  /** The clocks of all machines that stamp what they send. */
  clocks(): Clock[] {
    return [...this.#machines.values()].flatMap((m) => m.clock ?? []);
  }

  /** The ledger of every point. */
  ledger(): Pick<LedgerMessage, 'points' | 'unmapped'> {
    return { points: [...this.#machines.values()].flatMap((m) => m.ledgers()), unmapped: this.#unmapped };
  }

  #acceptBlock({ block, flaw }: Arrival & { ok: true }, nowMs: number): void {
    if (!this.#hasPoint(block.asset, block.point)) {
      if (this.#points >= this.#config.limits.maxPoints) {
        this.#countUnmapped('too_many_points');
        return;
      }
      this.#points++;
    }
    const machine = this.#getOrCreateMachine(block.asset);
    const isAccepted = machine.accept(block, nowMs);
    if (isAccepted)
      for (const change of this.#wiring.observe(block, machine.wiringContext, nowMs)) this.#reportWiring(change);
    if (flaw) machine.countFlaw(block.point, flaw);
    this.#hasPendingAlerts ||= machine.verdicts.hasPendingAlerts;
    if (block.kind === 'scalars') this.#machinesWithRows.add(block.asset);
    this.#markPointChanged(block.asset, block.point);
  }

  #reportWiring(change: WiringChange): void {
    const machine = this.#machines.get(change.asset);
    const isNew = machine?.verdicts.reportWiring(change) ?? false;
    if (!isNew) return;
    // What was learned of a wrong signal is no normal of the right one.
    if (!change.isPresent) this.#repairedPoints.push({ asset: change.asset, point: change.point });
    this.#markPointChanged(change.asset, change.point);
    this.#hasPendingAlerts = true;
  }

  #hasPoint(asset: string, point: string): boolean {
    return this.#machines.get(asset)?.points.has(point) ?? false;
  }

  #getOrCreateMachine(name: string, state?: unknown, models?: SlotModels): Machine {
    let machine = this.#machines.get(name);
    if (!machine) {
      const { site, edge, assets } = this.#config;
      // A machine may be called "constructor": only what was configured counts.
      const config = Object.hasOwn(assets, name) ? assets[name] : undefined;
      // The budget is a machine's: its points share it.
      const points = Math.max(1, Object.keys(config?.points ?? {}).length);
      const settings = { ...this.#settings, falseAlerts: this.#config.alerting.falseAlertsPerMonth / points };
      machine = new Machine(`${site}.${edge}`, name, config, settings, state, models);
      this.#machines.set(name, machine);
    }
    return machine;
  }

  /** Machines first: a point belongs to one. Names hold no `/`. */
  #restore(states: ReadonlyMap<string, Buffer>): void {
    for (const [key, value] of states) {
      const [kind, asset] = key.split('/');
      const models = states.get(`models/${asset}`);
      if (kind !== 'machine') continue;
      this.#getOrCreateMachine(asset, deserialize(value), models && deserialize(models));
      this.#machinesWithRows.add(asset);
    }
    for (const [key, value] of states) {
      const [kind, asset, point] = key.split('/');
      if (kind !== 'point') continue;
      const state = deserialize(value) as { kind: string };
      this.#getOrCreateMachine(asset).addPoint(point, state.kind === 'slow' ? 'scalars' : 'waveform', state);
      this.#points++;
    }
  }

  #markMachineChanged(asset: string): void {
    if (!this.#changedPoints.has(asset)) this.#changedPoints.set(asset, new Set());
  }

  #markPointChanged(asset: string, point: string): void {
    for (const map of [this.#changedPoints, this.#unreportedPoints]) {
      const points = map.get(asset);
      if (points) points.add(point);
      else map.set(asset, new Set([point]));
    }
  }

  #countUnmapped(reason: Rejection): void {
    this.#unmapped[reason] = (this.#unmapped[reason] ?? 0) + 1;
    this.#unmappedChanged = true;
  }

  /** Ledgers of the points that changed since the last ledger message. */
  #ledgers(topic: string, { timeMs, sources, subscriptions }: LedgerDue): Outgoing[] {
    const changed = [...this.#unreportedPoints].flatMap(([asset, names]) =>
      [...names].flatMap((name) => {
        const point = this.#machines.get(asset)?.points.get(name);
        return point ? [structuredClone(point.intake.ledger)] : [];
      }),
    );
    const sourcesChanged = JSON.stringify(sources) !== this.#publishedSources;
    const subscriptionsText = JSON.stringify(subscriptions);
    const subscriptionsChanged = subscriptionsText !== this.#publishedSubscriptions;
    if (changed.length === 0 && !this.#unmappedChanged && !sourcesChanged && !subscriptionsChanged) return [];
    this.#publishedSources = JSON.stringify(sources);
    this.#publishedSubscriptions = subscriptionsText;
    const clocks = [...this.#unreportedPoints.keys()].flatMap((asset) => this.#machines.get(asset)?.clock ?? []);
    this.#unreportedPoints = new Map();
    this.#unmappedChanged = false;
    const messages: Outgoing[] = [];
    for (let at = 0; at === 0 || at < changed.length; at += LEDGER_CHUNK) {
      const points = changed.slice(at, at + LEDGER_CHUNK);
      messages.push({
        kind: 'ledger',
        topic,
        body: {
          timeMs,
          timeQuality: 'received',
          points,
          unmapped: { ...this.#unmapped },
          ...(at === 0 && clocks.length > 0 ? { clocks } : {}),
          ...(at === 0 && sources ? { sources } : {}),
          ...(at === 0 && subscriptionsChanged && subscriptions?.length ? { subscriptions } : {}),
        },
      });
    }
    return messages;
  }
}
