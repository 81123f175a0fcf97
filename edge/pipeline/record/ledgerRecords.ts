import { deserialize, serialize } from 'node:v8';
import type { LedgerMessage, Rejection } from '#models/contracts/ledger.ts';
import { topics } from '#models/contracts/topics.ts';
import { ChangedPoints } from '../changedPoints.ts';
import type { Machine } from '../machine.ts';
import type { KeptState, LedgerDue, Origin, Outgoing } from './commitBatch.ts';

/** Points per message, which keeps it far below the limits of gateways and brokers. */
const LEDGER_CHUNK = 500;
const UNMAPPED = 'unmapped';

/** The ledger messages of an edge: changed points, messages without a point, sources and subscriptions. */
export class LedgerRecords {
  readonly #topic: string;
  readonly #machines: ReadonlyMap<string, Machine>;
  readonly #unreported = new ChangedPoints();
  readonly unmapped: LedgerMessage['unmapped'];
  #unmappedChanged = false;
  #publishedSources: string | undefined;
  #publishedSubscriptions: string | undefined;

  constructor(origin: Origin, machines: ReadonlyMap<string, Machine>, states: ReadonlyMap<string, Buffer>) {
    this.#topic = topics.ledger(origin);
    this.#machines = machines;
    const unmapped = states.get(UNMAPPED);
    this.unmapped = unmapped ? deserialize(unmapped) : {};
  }

  markPointChanged(asset: string, point: string): void {
    this.#unreported.mark(asset, point);
  }

  /** Counts a message without a point. */
  countUnmapped(reason: Rejection): void {
    this.unmapped[reason] = (this.unmapped[reason] ?? 0) + 1;
    this.#unmappedChanged = true;
  }

  /** State to store until a ledger message has reported it. */
  states(): KeptState[] {
    return this.#unmappedChanged ? [{ key: UNMAPPED, value: serialize(this.unmapped) }] : [];
  }

  /** Messages on the changes since the last call; none if nothing changed. */
  take({ timeMs, sources, subscriptions }: LedgerDue): Outgoing[] {
    const points = this.#changedLedgers();
    const sourcesText = JSON.stringify(sources);
    const subscriptionsText = JSON.stringify(subscriptions);
    const sourcesChanged = sourcesText !== this.#publishedSources;
    const subscriptionsChanged = subscriptionsText !== this.#publishedSubscriptions;
    if (points.length === 0 && !this.#unmappedChanged && !sourcesChanged && !subscriptionsChanged) return [];
    this.#publishedSources = sourcesText;
    this.#publishedSubscriptions = subscriptionsText;
    const clocks = [...this.#unreported.all.keys()].flatMap((asset) => this.#machines.get(asset)?.clock ?? []);
    this.#unreported.clear();
    this.#unmappedChanged = false;
    const once = {
      ...(clocks.length > 0 ? { clocks } : {}),
      ...(sources ? { sources } : {}),
      ...(subscriptionsChanged && subscriptions?.length ? { subscriptions } : {}),
    };
    return this.#messages(timeMs, points, once);
  }

  #changedLedgers(): LedgerMessage['points'] {
    return [...this.#unreported.all].flatMap(([asset, names]) =>
      [...names].flatMap((name) => {
        const point = this.#machines.get(asset)?.points.get(name);
        return point ? [structuredClone(point.intake.ledger)] : [];
      }),
    );
  }

  /** @param once content of the first message only. */
  #messages(timeMs: number, points: LedgerMessage['points'], once: Partial<LedgerMessage>): Outgoing[] {
    const messages: Outgoing[] = [];
    for (let at = 0; at === 0 || at < points.length; at += LEDGER_CHUNK) {
      const chunk = points.slice(at, at + LEDGER_CHUNK);
      const base = { timeMs, timeQuality: 'received', points: chunk, unmapped: { ...this.unmapped } };
      messages.push({ kind: 'ledger', topic: this.#topic, body: at === 0 ? { ...base, ...once } : base });
    }
    return messages;
  }
}
