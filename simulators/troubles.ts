import { type Random, randomOf, seedOf } from '#models/random/random.ts';
import type { DeviceMessage } from './deviceMessage.ts';
import type { DeviceTrouble } from './scenario.ts';

/** What a point's device did, to check a ledger. */
export interface PointTruth {
  machine: string;
  point: string;
  /** Messages made, each once. */
  made: number;
  /** Of those, never sent: the device lost them. */
  lost: number;
  /** Sent a second time. */
  twice: number;
  /** Sent with a time stamp that is not later than an earlier one: late for a receiver that goes by time. */
  backward: number;
  /** Sent but unusable: not a number, or stamped too far ahead. */
  unusable: number;
  /** Invalid payloads, sent in addition. */
  garbage: number;
}

/** Time stamps further ahead of the receiver's clock are refused. */
const MAX_AHEAD_MS = 5 * 60_000;
const FAR = 1000;

type Of<T extends DeviceTrouble['type']> = Extract<DeviceTrouble, { type: T }>;

/** Applies a scenario's troubles to a plant's messages, reproducibly by seed, and records what it did. */
export class Troubles {
  readonly #troubles: readonly DeviceTrouble[];
  readonly #random: Random;
  readonly #truth = new Map<string, PointTruth & { newestMs: number }>();
  /** The last content of each point before it was stuck. */
  readonly #frozen = new Map<string, DeviceMessage['content']>();
  /** Messages held back until the one that follows them. */
  readonly #held = new Map<string, DeviceMessage>();

  constructor(troubles: readonly DeviceTrouble[], seed: number) {
    this.#troubles = troubles;
    this.#random = randomOf(seedOf(seed, 'troubles'));
  }

  get truth(): PointTruth[] {
    return [...this.#truth.values()].map(({ newestMs: _, ...truth }) => truth);
  }

  /** The messages sent for one message, in order: none, itself, or more. */
  apply(message: DeviceMessage): DeviceMessage[] {
    const truth = this.#truthOf(message);
    truth.made++;
    if (this.#chance('loss', message)) {
      truth.lost++;
      return [];
    }
    const changed = this.#stamped(this.#spoiled(message));
    const sent = this.#reordered(changed);
    const all = sent.flatMap((one) => {
      if (!this.#chance('duplicates', one)) return [one];
      truth.twice++;
      return [one, one];
    });
    if (this.#chance('garbage', message)) {
      truth.garbage++;
      const bytes = Buffer.from(Array.from({ length: 40 }, () => 128 + Math.floor(127 * this.#random())));
      all.push({ ...message, content: { kind: 'garbage', bytes } });
    }
    for (const one of sent) this.#note(truth, one, message.stampMs);
    return all;
  }

  /** Messages still held back. */
  flush(): DeviceMessage[] {
    const rest = [...this.#held.values()];
    this.#held.clear();
    for (const one of rest) this.#note(this.#truthOf(one), one, one.stampMs);
    return rest;
  }

  #note(truth: PointTruth & { newestMs: number }, { stampMs, content }: DeviceMessage, trueMs: number): void {
    if (content.kind === 'garbage') return;
    const value = content.kind === 'value' ? content.value : content.samples[0];
    if (Number.isNaN(value) || stampMs > trueMs + MAX_AHEAD_MS) truth.unusable++;
    else if (stampMs <= truth.newestMs) truth.backward++;
    else truth.newestMs = stampMs;
  }

  #truthOf({ machine, point }: DeviceMessage): PointTruth & { newestMs: number } {
    const key = `${machine}/${point}`;
    const known = this.#truth.get(key);
    if (known) return known;
    const newestMs = Number.NEGATIVE_INFINITY;
    const fresh = { machine, point, made: 0, lost: 0, twice: 0, backward: 0, unusable: 0, garbage: 0, newestMs };
    this.#truth.set(key, fresh);
    return fresh;
  }

  #spoiled(message: DeviceMessage): DeviceMessage {
    const { content } = message;
    if (content.kind === 'garbage') return message;
    const key = `${message.machine}/${message.point}`;
    if (this.#now('stuck', message)) {
      const frozen = this.#frozen.get(key) ?? freezeSignal(content);
      this.#frozen.set(key, frozen);
      return { ...message, content: frozen };
    }
    this.#frozen.delete(key);
    const clipped = this.#now('clipped', message);
    if (clipped && content.kind === 'waveform') {
      const samples = content.samples.map((v) => Math.max(-clipped.atG, Math.min(clipped.atG, v)));
      return { ...message, content: { kind: 'waveform', samples } };
    }
    if (this.#chance('not_a_number', message)) return { ...message, content: replaced(content, Number.NaN, 0) };
    if (this.#chance('spikes', message)) return { ...message, content: replaced(content, FAR, 7) };
    return message;
  }

  #stamped(message: DeviceMessage): DeviceMessage {
    const clock = this.#now('clock', message);
    return clock ? { ...message, stampMs: message.stampMs + clock.aheadS * 1000 } : message;
  }

  #reordered(message: DeviceMessage): DeviceMessage[] {
    const key = `${message.machine}/${message.point}`;
    const held = this.#held.get(key);
    this.#held.delete(key);
    if (held) return [message, held];
    if (!this.#chance('reordering', message)) return [message];
    this.#held.set(key, message);
    return [];
  }

  /** The active trouble at a message's time. */
  #now<T extends DeviceTrouble['type']>(type: T, message: DeviceMessage): Of<T> | undefined {
    return this.#troubles.find((t): t is Of<T> => t.type === type && isActive(t, message));
  }

  #chance(type: Extract<DeviceTrouble, { share: number }>['type'], message: DeviceMessage): boolean {
    const trouble = this.#now(type, message);
    return trouble !== undefined && this.#random() < trouble.share;
  }
}

function isActive({ atS, forS, machine, point }: DeviceTrouble, message: DeviceMessage): boolean {
  if (machine !== undefined && machine !== message.machine) return false;
  if (point !== undefined && point !== message.point) return false;
  return message.timeS >= atS && (forS === undefined || message.timeS < atS + forS);
}

/** A stuck sensor repeats its last value; an accelerometer's output freezes. */
function freezeSignal(content: Exclude<DeviceMessage['content'], { kind: 'garbage' }>): DeviceMessage['content'] {
  if (content.kind === 'value') return content;
  return { kind: 'waveform', samples: new Float32Array(content.samples.length).fill(content.samples[0]) };
}

/** Replaces one sample, or the value. */
function replaced(content: DeviceMessage['content'], by: number, at: number): DeviceMessage['content'] {
  if (content.kind === 'value') return { kind: 'value', value: by };
  if (content.kind === 'garbage') return content;
  const samples = content.samples.slice();
  samples[at] = by;
  return { kind: 'waveform', samples };
}
