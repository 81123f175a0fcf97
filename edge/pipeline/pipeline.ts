import { deserialize } from 'node:v8';
import type { Clock, LedgerMessage } from '#models/contracts/ledger.ts';
import type { MachineModels } from '#models/contracts/models.ts';
import { WEATHER_K } from '#models/health/driftDetector.ts';
import { configuredPoint } from '#models/machine/asset.ts';
import type { EdgeConfig } from '../config.ts';
import type { HostResult, LearnRequest } from '../models/modelHost.ts';
import type { Arrival } from '../sources/source.ts';
import { ChangedPoints } from './changedPoints.ts';
import { Coupling } from './coupling.ts';
import { Machine, type MachineSettings } from './machine.ts';
import { sharedSettings } from './machineSettings.ts';
import type { ModelSlot, SlotWork } from './process/modelSlot.ts';
import type { SlotModels } from './process/slotModels.ts';
import { NotReadyError } from './process/trial.ts';
import type { CommitBatch, LedgerDue } from './record/commitBatch.ts';
import { LedgerRecords } from './record/ledgerRecords.ts';
import { MachineRecords } from './record/machineRecords.ts';
import { WiringMonitor } from './wiring/wiringMonitor.ts';
import type { WiringChange } from './wiring/wiringVotes.ts';

/** Rows of a machine that await inference. */
export interface MachineWork {
  asset: string;
  work: SlotWork;
}

/**
 * All machines of the edge: arrivals in, messages and states out. No I/O and no clock of its own.
 *
 * One folder per stage: `block` admits arrivals (`SampleBlock`), `points` cuts them into windows (`Window`), `features`
 * collects their rows (`FeatureBody`), `assessment` scores them (`PointAssessment`), `alert`, `health`, `process` and
 * `wiring` turn scores into messages (`AlertBody`, `HealthBody`, `EvidenceBody`), and `record` combines these into a batch
 * for the outbox (`CommitBatch`). `operation` tracks how a machine is run. `judgement.ts` holds the constants.
 */
export class Pipeline {
  readonly #config: EdgeConfig;
  readonly #machines = new Map<string, Machine>();
  readonly #settings: MachineSettings;
  readonly #wiring = new WiringMonitor();
  readonly #coupling: Coupling;
  /** Points whose wiring was corrected: they relearn after the next commit. */
  readonly #repairedPoints: { asset: string; point: string }[] = [];
  #points = 0;
  /** Changes since the last drain. */
  readonly #changed = new ChangedPoints();
  readonly #records: MachineRecords;
  readonly #ledgers: LedgerRecords;
  #hasPendingAlerts = false;
  /** Machines that may have rows for their models. */
  readonly #machinesWithRows = new Set<string>();

  /** @param states that `drain` returned before a restart. @param version of Millwright, for the evidence. */
  constructor(config: EdgeConfig, states: ReadonlyMap<string, Buffer> = new Map(), version = 'unknown') {
    this.#config = config;
    this.#coupling = new Coupling(config.assets, this.#machines);
    this.#settings = sharedSettings(config, version);
    const { site, edge } = config;
    this.#records = new MachineRecords({ site, edge });
    this.#ledgers = new LedgerRecords({ site, edge }, this.#machines, states);
    this.#restore(states);
  }

  /** @param nowMs time of arrival. */
  accept(arrival: Arrival, nowMs: number): void {
    this.#settings.credit.earn();
    if (arrival.ok) this.#acceptBlock(arrival, nowMs);
    else if (arrival.point && this.#hasPoint(arrival.point.asset, arrival.point.point)) {
      this.#machines.get(arrival.point.asset)?.reject(arrival.point.point, arrival.rejection, nowMs);
      this.#markPointChanged(arrival.point.asset, arrival.point.point);
    } else this.#ledgers.countUnmapped(arrival.rejection);
  }

  /** Returns the messages and states that have accumulated since the last call. */
  drain(options: { ledger: LedgerDue | null }): CommitBatch {
    const batch: CommitBatch = { outgoing: [], states: [] };
    for (const [asset, points] of this.#changed.all)
      this.#records.moveTo(batch, asset, this.#machines.get(asset) as Machine, points);
    this.#changed.clear();
    this.#hasPendingAlerts = false;
    for (const { asset, point } of this.#repairedPoints.splice(0)) this.relearn(asset, point);
    batch.states.push(...this.#ledgers.states());
    if (options.ledger) batch.outgoing.push(...this.#ledgers.take(options.ledger));
    return batch;
  }

  /** Whether an alert awaits the next commit. */
  get hasPendingAlerts(): boolean {
    return this.#hasPendingAlerts;
  }

  /** Name of the signal engine in use. */
  get engine(): string {
    return this.#settings.engine.name;
  }

  /** How many points are buffered and diagnosed, and how often a limit prevented it. */
  get diagnoses(): { gatheredPoints: number; refusedBlocks: number; made: number; deferred: number } {
    const { bufferPool, credit } = this.#settings;
    const { made, deferred } = credit;
    return { gatheredPoints: bufferPool.inUse, refusedBlocks: bufferPool.refused, made, deferred };
  }

  /** Time of the newest accepted value of a point, ms since 1970; null if it has none. */
  newestMs(asset: string, point: string): number | null {
    return this.#machines.get(asset)?.points.get(point)?.intake.newestMs ?? null;
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

  /**
   * Changes a machine's models; the change is stored with the next commit. @throws NotReadyError if there is no such
   * machine.
   */
  updateModels<T>(asset: string, change: (slot: ModelSlot) => T): T {
    const machine = this.#machines.get(asset);
    if (!machine) throw new NotReadyError(`there is no machine ${asset}`);
    const active = machine.verdicts.models.activeName;
    const result = change(machine.verdicts.models);
    if (machine.verdicts.models.activeName !== active) machine.verdicts.resetProcess();
    this.#changed.markMachine(asset);
    return result;
  }

  /** Rows that await inference, by machine; pass each result to `applyModelResults`. */
  takeModelWork(): MachineWork[] {
    const waiting = [...this.#machinesWithRows];
    this.#machinesWithRows.clear();
    return waiting.flatMap((asset) => {
      const work = this.#machines.get(asset)?.verdicts.models.takeWork();
      return work ? [{ asset, work }] : [];
    });
  }

  /** Training rows of machines that have no model and enough rows; each machine once. */
  takeTrainingRows(): ({ asset: string } & LearnRequest)[] {
    return [...this.#machines].flatMap(([asset, { verdicts }]) => {
      const own = verdicts.models.takeTrainingRows();
      return own ? [{ asset, ...own, ...this.#knownOf(asset, own.channels) }] : [];
    });
  }

  /** Configured knowledge of a machine's points: which describe its operation, and which follow the weather. */
  #knownOf(asset: string, channels: readonly string[]): Pick<LearnRequest, 'context' | 'normalChanges'> {
    const { assets } = this.#config;
    const config = Object.hasOwn(assets, asset) ? assets[asset] : undefined;
    const temperatures = channels.filter((channel) => configuredPoint(config, channel)?.unit === 'degC');
    return {
      context: channels.filter((channel) => ['load', 'speed'].includes(configuredPoint(config, channel)?.role ?? '')),
      normalChanges: Object.fromEntries(temperatures.map((channel) => [channel, WEATHER_K])),
    };
  }

  /** Applies the results of `takeModelWork`, in the order of its jobs. */
  applyModelResults({ asset, work }: MachineWork, results: readonly HostResult[], nowMs: number): void {
    const machine = this.#machines.get(asset);
    if (!machine) return;
    machine.verdicts.applyModelResults(work, results, nowMs);
    this.#hasPendingAlerts ||= machine.verdicts.hasPendingAlerts;
    this.#machinesWithRows.add(asset);
    this.#changed.markMachine(asset);
  }

  /** The models of every machine that has, or had, one. */
  models(): MachineModels[] {
    return [...this.#machines].flatMap(([asset, machine]) => machine.verdicts.models.view(asset) ?? []);
  }

  /** Health index of each machine; 1 is the alert limit. */
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

  /** Requests a recording of a point. False if the point is unknown or a recording is in progress. */
  requestEvidence(id: string, asset: string, point: string): boolean {
    return this.#machines.get(asset)?.requestEvidence(id, point) ?? false;
  }

  /** The device clocks of all machines that stamp their data. */
  clocks(): Clock[] {
    return [...this.#machines.values()].flatMap((m) => m.clock ?? []);
  }

  /** The ledger of every point. */
  ledger(): Pick<LedgerMessage, 'points' | 'unmapped'> {
    return { points: [...this.#machines.values()].flatMap((m) => m.ledgers()), unmapped: this.#ledgers.unmapped };
  }

  #acceptBlock({ block, flaw }: Arrival & { ok: true }, nowMs: number): void {
    if (!this.#hasPoint(block.asset, block.point)) {
      if (this.#points >= this.#config.limits.maxPoints) {
        this.#ledgers.countUnmapped('too_many_points');
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
    // A baseline learned from a wrong signal does not apply to the right one.
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
      // A machine may be called "constructor": only configured names count.
      const config = Object.hasOwn(assets, name) ? assets[name] : undefined;
      // The budget is per machine: its points share it.
      const points = Math.max(1, Object.keys(config?.points ?? {}).length);
      const falseAlerts = this.#config.alerting.falseAlertsPerMonth / points;
      const settings = {
        ...this.#settings,
        falseAlerts,
        coupledAlerts: () => this.#coupling.alertsAround(name),
        transmittedTo: () => this.#coupling.transmittedTo(name),
      };
      machine = new Machine(`${site}.${edge}`, name, config, settings, state, models);
      this.#machines.set(name, machine);
    }
    return machine;
  }

  /** Restores machines first, since points belong to them. Names contain no `/`. */
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

  #markPointChanged(asset: string, point: string): void {
    this.#changed.mark(asset, point);
    this.#ledgers.markPointChanged(asset, point);
  }
}
