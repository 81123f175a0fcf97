import { serialize } from 'node:v8';
import { topics } from '#models/contracts/topics.ts';
import type { Machine } from '../machine.ts';
import type { CommitBatch, KeptState, Origin, Outgoing } from './commitBatch.ts';

/** Turns what machines report into records for the outbox: messages, and states that survive a restart. */
export class MachineRecords {
  readonly #origin: Origin;
  readonly #writtenStates = new Map<string, Buffer>();

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** Adds the reports of a machine and some of its points since the last batch, and their states. */
  moveTo({ outgoing, states }: CommitBatch, asset: string, machine: Machine, points: Iterable<string>): void {
    this.#moveVerdicts(outgoing, asset, machine);
    this.#addMachineStates(states, asset, machine);
    for (const name of points) {
      const point = machine.points.get(name);
      if (!point) continue;
      const topic = topics.features(this.#origin, asset, name);
      for (const body of point.rows.take()) outgoing.push({ kind: 'features', topic, body });
      states.push({ key: `point/${asset}/${name}`, value: serialize(point.state()) });
    }
  }

  #moveVerdicts(outgoing: Outgoing[], asset: string, machine: Machine): void {
    const origin = this.#origin;
    const { alerts, health, evidence } = machine.verdicts.take();
    for (const body of alerts) outgoing.push({ kind: 'alerts', topic: topics.alerts(origin, asset), body });
    for (const body of health) outgoing.push({ kind: 'health', topic: topics.health(origin, asset), body });
    for (const body of evidence) outgoing.push({ kind: 'evidence', topic: topics.evidence(origin, body.id), body });
  }

  /** A machine changes less often than its points: an unchanged state is not written again. */
  #addMachineStates(states: KeptState[], asset: string, machine: Machine): void {
    const state = serialize(machine.state());
    if (!this.#writtenStates.get(asset)?.equals(state)) states.push({ key: `machine/${asset}`, value: state });
    this.#writtenStates.set(asset, state);
    const models = machine.verdicts.models.takeChanged();
    if (models) states.push({ key: `models/${asset}`, value: serialize(models) });
  }
}
