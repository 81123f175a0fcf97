import { deserialize, serialize } from 'node:v8';
import type { AlertBody } from '../pipeline/alert/alertBody.ts';
import type { FeatureBody } from '../pipeline/features/featureRows.ts';
import type { HealthBody } from '../pipeline/health/healthReport.ts';
import type { KeptState, Outgoing } from '../pipeline/record/commitBatch.ts';
import type { MachineCondition, PointFeatures, StandingAlert } from './conditionFields.ts';

const KEY = 'publish/';

/** Changes of conditions in a commit. */
export interface ConditionChanges {
  machines: Set<string>;
  points: Set<string>;
}

export const pointKey = (asset: string, point: string): string => `${asset}/${point}`;

/** Tracks the latest condition of each machine and the newest features of each point, from an edge's messages. */
export class Conditions {
  readonly machines = new Map<string, MachineCondition>();
  readonly points = new Map<string, PointFeatures>();
  #changed: ConditionChanges = { machines: new Set(), points: new Set() };

  /** @param states of the outbox: alerts that were active when the edge stopped are still active. */
  constructor(states: ReadonlyMap<string, Buffer>) {
    for (const [key, value] of states)
      if (key.startsWith(KEY)) {
        const asset = key.slice(KEY.length);
        this.machines.set(asset, deserialize(value) as MachineCondition);
        this.#changed.machines.add(asset);
      }
  }

  /** Applies the messages of a commit. @returns states to store with the same commit. */
  observe(outgoing: readonly Outgoing[]): KeptState[] {
    const toKeep = new Set<string>();
    for (const { kind, body } of outgoing) {
      if (kind === 'health') this.#machine((body as HealthBody).asset).health = body as HealthBody;
      else if (kind === 'alerts' && isOfPlant(body as AlertBody)) toKeep.add(this.#alert(body as AlertBody));
      else if (kind === 'features') this.#features(body as FeatureBody);
    }
    return [...toKeep].map((asset) => ({ key: `${KEY}${asset}`, value: serialize(this.machines.get(asset)) }));
  }

  /** What changed since the last call. */
  takeChanges(): ConditionChanges {
    const changed = this.#changed;
    this.#changed = { machines: new Set(), points: new Set() };
    return changed;
  }

  #machine(asset: string): MachineCondition {
    const known = this.machines.get(asset) ?? { alerts: {} };
    this.machines.set(asset, known);
    this.#changed.machines.add(asset);
    return known;
  }

  #alert(alert: AlertBody): string {
    const { alerts } = this.#machine(alert.asset);
    if (alert.change === 'return') delete alerts[alert.id];
    else alerts[alert.id] = standing(alert);
    return alert.asset;
  }

  #features({ asset, point, unit, names, startUs, values, historical }: FeatureBody): void {
    if (historical) return;
    const key = pointKey(asset, point);
    const row = values[values.length - 1];
    const newest = Object.fromEntries(names.map((name, i) => [name, row[i]]));
    this.points.set(key, { asset, point, unit, timeMs: startUs[startUs.length - 1] / 1000, values: newest });
    this.#changed.points.add(key);
  }
}

/** Faults of wiring and configuration do not describe the machine. */
const isOfPlant = ({ audience }: AlertBody): boolean => audience !== 'integrator';

function standing({ point, severity, text, raisedAtMs, timeMs, evidence }: AlertBody): StandingAlert {
  const { fault, confidence } = evidence.diagnosis;
  return { point, severity, fault, confidence, text, raisedAtMs, timeMs };
}
