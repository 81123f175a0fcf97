import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type Command,
  type CommandOutcome,
  commandSchema,
  type Order,
  signedCommandSchema,
} from '#models/contracts/command.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import type { EdgeConfig } from './config.ts';
import type { Outbox } from './outbox.ts';

/** Why a command was refused. */
export type CommandRefusal = 'no_key' | 'malformed' | 'forged' | 'not_for_us' | 'stale' | 'replayed';

/** Executes a command and returns a sentence for its outcome. @throws Error with the reason if it cannot. */
export type CommandHandler = (command: Command) => Promise<string> | string;

/** Commands issued longer ago, or further in the future, are refused as stale. */
const MAX_AGE_MS = 5 * 60_000;
const LAST = 'lastCommandMs';

/**
 * Executes commands that carry the gateway's signature, address this edge, are fresh, and are newer than the last one.
 * A replayed recording of a command is refused, also after a restart.
 */
export class Commands {
  readonly refused = new Map<CommandRefusal, number>();
  last: CommandOutcome | undefined;
  readonly #config: EdgeConfig;
  readonly #outbox: Outbox;
  readonly #key: KeyObject | null;
  readonly #now: () => number;

  /** @throws Error if the key cannot be read or is not an Ed25519 public key. */
  constructor(config: EdgeConfig, outbox: Outbox, now: () => number) {
    this.#config = config;
    this.#outbox = outbox;
    this.#now = now;
    const file = config.uplink.commandKeyFile;
    this.#key = file === undefined ? null : createPublicKey(readFileSync(file));
    if (this.#key && this.#key.asymmetricKeyType !== 'ed25519') throw new Error(`${file}: not an Ed25519 public key`);
  }

  /** @param clockOffsetMs how far the gateway's clock is behind this one. */
  async handle(
    payload: Uint8Array,
    clockOffsetMs: number,
    execute: CommandHandler,
  ): Promise<CommandRefusal | CommandOutcome> {
    const command = this.#verified(payload);
    if (typeof command === 'string') return this.#refuse(command);
    const { site, edge, issuedMs } = command;
    if (site !== this.#config.site || edge !== this.#config.edge) return this.#refuse('not_for_us');
    if (Math.abs(this.#now() - clockOffsetMs - issuedMs) > MAX_AGE_MS) return this.#refuse('stale');
    if (issuedMs <= (this.#outbox.getNumber(LAST) ?? 0)) return this.#refuse('replayed');
    // Recorded before execution: a command that crashes the edge must not crash it again.
    this.#outbox.setNumber(LAST, issuedMs);
    this.last = await this.#outcomeOf(command, execute);
    return this.last;
  }

  async #outcomeOf(command: Command, execute: CommandHandler): Promise<CommandOutcome> {
    const base = { id: command.id, what: command.order.what, timeMs: this.#now() };
    try {
      return { ...base, outcome: 'done', detail: await execute(command) };
    } catch (error) {
      return {
        ...base,
        outcome: 'refused',
        detail: (error instanceof Error ? error.message : String(error)).slice(0, 2000),
      };
    }
  }

  #verified(payload: Uint8Array): Command | CommandRefusal {
    if (!this.#key) return 'no_key';
    const signed = signedCommandSchema.safeParse(parseJson(Buffer.from(payload).toString('utf8')));
    if (!signed.success) return 'malformed';
    const { body, signature } = signed.data;
    if (!verify(null, Buffer.from(body), this.#key, Buffer.from(signature, 'base64'))) return 'forged';
    const command = commandSchema.safeParse(parseJson(body));
    return command.success ? command.data : 'malformed';
  }

  #refuse(why: CommandRefusal): CommandRefusal {
    this.refused.set(why, (this.refused.get(why) ?? 0) + 1);
    return why;
  }
}

/** Orders that address a machine. */
export type MachineOrder = Extract<Order, { asset: string }>;
