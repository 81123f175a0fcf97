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
import { GatherRoom } from './gatherer.ts';
import { Machine, type MachineSettings } from './machine.ts';
import { ownModelPeriod } from './ownRows.ts';
import type { ProcessSlot, SlotModels, SlotWork } from './processSlot.ts';
import { NotYet } from './trial.ts';
import type { WiringChange } from './wiringVotes.ts';
import { WiringWatch } from './wiringWatch.ts';

/** A message on its way to the outbox; it gets its envelope there. */
export interface Outgoing {
  kind: Exclude<MessageKind, 'status' | 'want'>;
  topic: string;
  body: object;
}

/** Everything that a commit has to make durable at once. */
export interface Drained {
  outgoing: Outgoing[];
  states: { key: string; value: Buffer }[];
  /** Of the messages that brought it. */
  receipts?: readonly Receipt[];
}

/** A ledger that has to be said. */
export interface LedgerDue {
  timeMs: number;
  sources?: SourceOutages[];
  subscriptions?: SubscriptionLedger[];
}

const LEDGER_CHUNK = 500;
/** Points whose signal is kept at once: some 40 MB at 25.6 kHz. */
const GATHERED_POINTS = 64;
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
  readonly #wiring = new WiringWatch();
  /** Points whose wiring was put right: they learn anew once what they have to report is taken. */
  readonly #mended: { asset: string; point: string }[] = [];
  #points = 0;
  readonly #written = new Map<string, Buffer>();
  /** Points heard since the last drain, and since the last ledger message. */
  #touched = new Map<string, Set<string>>();
  #unsaid = new Map<string, Set<string>>();
  readonly #unmapped: LedgerMessage['unmapped'];
  #unmappedChanged = false;
  #alerting = false;
  #saidSources: string | undefined;
  #saidSubscriptions: string | undefined;
  /** Machines that may have rows for their models. */
  readonly #withRows = new Set<string>();

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
      gatherRoom: new GatherRoom(GATHERED_POINTS),
      credit: new DiagnosisCredit(),
      version,
    };
    const unmapped = states.get(UNMAPPED);
    this.#unmapped = unmapped ? deserialize(unmapped) : {};
    this.#restore(states);
  }

  /** `nowMs` is the time of the arrival. */
  accept(arrival: Arrival, nowMs: number): void {
    this.#settings.credit.arrived();
    if (arrival.ok) this.#acceptBlock(arrival, nowMs);
    else if (arrival.point && this.#knows(arrival.point.asset, arrival.point.point)) {
      this.#machines.get(arrival.point.asset)?.reject(arrival.point.point, arrival.rejection, nowMs);
      this.#touch(arrival.point.asset, arrival.point.point);
    } else this.#countUnmapped(arrival.rejection);
  }

  /** Takes what has to be sent and kept since the last call. */
  drain(options: { ledger: LedgerDue | null }): Drained {
    const origin = { site: this.#config.site, edge: this.#config.edge };
    const outgoing: Outgoing[] = [];
    const states: Drained['states'] = [];
    for (const [asset, points] of this.#touched) {
      const machine = this.#machines.get(asset) as Machine;
      for (const body of machine.verdicts.reports.alerts)
        outgoing.push({ kind: 'alerts', topic: topics.alerts(origin, asset), body });
      for (const body of machine.verdicts.health.said)
        outgoing.push({ kind: 'health', topic: topics.health(origin, asset), body });
      for (const body of machine.verdicts.evidences)
        outgoing.push({ kind: 'evidence', topic: topics.evidence(origin, body.id), body });
      machine.verdicts.reports.alerts = [];
      machine.verdicts.evidences = [];
      machine.verdicts.health.said = [];
      const state = serialize(machine.state());
      // A machine changes less often than its points: what is on the disk already is not written again.
      if (!this.#written.get(asset)?.equals(state)) states.push({ key: `machine/${asset}`, value: state });
      this.#written.set(asset, state);
      const models = machine.verdicts.models.changed();
      if (models) states.push({ key: `models/${asset}`, value: serialize(models) });
      for (const name of points) {
        const point = machine.points.get(name);
        if (!point) continue;
        const topic = topics.features(origin, asset, name);
        for (const body of point.rows.take()) outgoing.push({ kind: 'features', topic, body });
        states.push({ key: `point/${asset}/${name}`, value: serialize(point.state()) });
      }
    }
    this.#touched = new Map();
    this.#alerting = false;
    for (const { asset, point } of this.#mended.splice(0)) this.relearn(asset, point);
    if (this.#unmappedChanged) states.push({ key: UNMAPPED, value: serialize(this.#unmapped) });
    if (options.ledger) outgoing.push(...this.#ledgers(topics.ledger(origin), options.ledger));
    return { outgoing, states };
  }

  /** Whether an alert waits to be taken. */
  get alerting(): boolean {
    return this.#alerting;
  }

  /** Which signal engine runs here. */
  get engine(): string {
    return this.#settings.engine.name;
  }

  /** What is kept and done for diagnoses, and what their bounds turned away. */
  get diagnoses(): { gatheredPoints: number; refusedBlocks: number; made: number; deferred: number } {
    const { gatherRoom, credit } = this.#settings;
    const { made, deferred } = credit;
    return { gatheredPoints: gatherRoom.taken, refusedBlocks: gatherRoom.refused, made, deferred };
  }

  /** Looks for points that fell silent; to be asked once a second. */
  checkSilence(nowMs: number): void {
    for (const [asset, machine] of this.#machines)
      for (const point of machine.checkSilence(nowMs)) this.#touch(asset, point);
  }

  /** Points of which nothing is heard any more. */
  get silentPoints(): number {
    let silent = 0;
    for (const { points } of this.#machines.values())
      for (const { intake } of points.values()) if (intake.silent) silent++;
    return silent;
  }

  /** Forgets what is normal for a point; what it had to say has to be drained before. False where there is no such point. */
  relearn(asset: string, point: string): boolean {
    const known = this.#machines.get(asset)?.relearn(point) ?? false;
    if (known) this.#touch(asset, point);
    return known;
  }

  /** Changes a machine's models; what changes is kept with the next commit. @throws NotYet where there is no such machine. */
  changeModels<T>(asset: string, change: (slot: ProcessSlot) => T): T {
    const machine = this.#machines.get(asset);
    if (!machine) throw new NotYet(`there is no machine ${asset}`);
    const active = machine.verdicts.models.activeName;
    const said = change(machine.verdicts.models);
    if (machine.verdicts.models.activeName !== active) machine.verdicts.modelChanged();
    this.#touchMachine(asset);
    return said;
  }

  /** Rows that wait for models, machine by machine; each has to come back with `modelsDone`. */
  takeModelWork(): MachineWork[] {
    const waiting = [...this.#withRows];
    this.#withRows.clear();
    return waiting.flatMap((asset) => {
      const work = this.#machines.get(asset)?.verdicts.models.work();
      return work ? [{ asset, work }] : [];
    });
  }

  /** Machines without a model that have enough rows to learn their own; each once. */
  takeOwnRows(): { asset: string; channels: string[]; rows: number[][] }[] {
    return [...this.#machines].flatMap(([asset, { verdicts }]) => {
      const own = verdicts.models.ownRows();
      return own ? [{ asset, ...own }] : [];
    });
  }

  /** What models said of the rows that were taken, in the order of their jobs. */
  modelsDone({ asset, work }: MachineWork, results: readonly HostResult[], nowMs: number): void {
    const machine = this.#machines.get(asset);
    if (!machine) return;
    machine.verdicts.judged(work, results, nowMs);
    this.#alerting ||= machine.verdicts.reports.alerts.length > 0;
    this.#withRows.add(asset);
    this.#touchMachine(asset);
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
    return this.#machines.get(asset)?.ask(id, point) ?? false;
  }

  /** The clocks of all machines that stamp what they send. */
  clocks(): Clock[] {
    return [...this.#machines.values()].flatMap((m) => m.clock ?? []);
  }

  /** The counts of every point, as they stand. */
  ledger(): Pick<LedgerMessage, 'points' | 'unmapped'> {
    return { points: [...this.#machines.values()].flatMap((m) => m.ledgers()), unmapped: this.#unmapped };
  }

  #acceptBlock({ block, flaw }: Arrival & { ok: true }, nowMs: number): void {
    if (!this.#knows(block.asset, block.point)) {
      if (this.#points >= this.#config.limits.maxPoints) {
        this.#countUnmapped('too_many_points');
        return;
      }
      this.#points++;
    }
    const machine = this.#machine(block.asset);
    const isTaken = machine.accept(block, nowMs);
    if (isTaken) for (const change of this.#wiring.see(block, machine.watched, nowMs)) this.#sayWiring(change);
    if (flaw) machine.flaw(block.point, flaw);
    this.#alerting ||= machine.verdicts.reports.alerts.length > 0;
    if (block.kind === 'scalars') this.#withRows.add(block.asset);
    this.#touch(block.asset, block.point);
  }

  #sayWiring(change: WiringChange): void {
    const machine = this.#machines.get(change.asset);
    const isNews = machine?.verdicts.sayWiring(change) ?? false;
    if (!isNews) return;
    // What was learned of a wrong signal is no normal of the right one.
    if (!change.isThere) this.#mended.push({ asset: change.asset, point: change.point });
    this.#touch(change.asset, change.point);
    this.#alerting = true;
  }

  #knows(asset: string, point: string): boolean {
    return this.#machines.get(asset)?.points.has(point) ?? false;
  }

  #machine(name: string, state?: unknown, models?: SlotModels): Machine {
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
      this.#machine(asset, deserialize(value), models && deserialize(models));
      this.#withRows.add(asset);
    }
    for (const [key, value] of states) {
      const [kind, asset, point] = key.split('/');
      if (kind !== 'point') continue;
      const state = deserialize(value) as { kind: string };
      this.#machine(asset).addPoint(point, state.kind === 'slow' ? 'scalars' : 'waveform', state);
      this.#points++;
    }
  }

  #touchMachine(asset: string): void {
    if (!this.#touched.has(asset)) this.#touched.set(asset, new Set());
  }

  #touch(asset: string, point: string): void {
    for (const map of [this.#touched, this.#unsaid]) {
      const points = map.get(asset);
      if (points) points.add(point);
      else map.set(asset, new Set([point]));
    }
  }

  #countUnmapped(reason: Rejection): void {
    this.#unmapped[reason] = (this.#unmapped[reason] ?? 0) + 1;
    this.#unmappedChanged = true;
  }

  /** Ledgers of the points that changed since they were last said. */
  #ledgers(topic: string, { timeMs, sources, subscriptions }: LedgerDue): Outgoing[] {
    const changed = [...this.#unsaid].flatMap(([asset, names]) =>
      [...names].flatMap((name) => {
        const point = this.#machines.get(asset)?.points.get(name);
        return point ? [structuredClone(point.intake.ledger)] : [];
      }),
    );
    const away = JSON.stringify(sources) !== this.#saidSources;
    const asked = JSON.stringify(subscriptions);
    const isNew = asked !== this.#saidSubscriptions;
    if (changed.length === 0 && !this.#unmappedChanged && !away && !isNew) return [];
    this.#saidSources = JSON.stringify(sources);
    this.#saidSubscriptions = asked;
    const clocks = [...this.#unsaid.keys()].flatMap((asset) => this.#machines.get(asset)?.clock ?? []);
    this.#unsaid = new Map();
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
          ...(at === 0 && isNew && subscriptions?.length ? { subscriptions } : {}),
        },
      });
    }
    return messages;
  }
}
