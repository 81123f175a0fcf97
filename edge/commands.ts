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

/** Why a command was not obeyed. */
export type CommandRefusal = 'no_key' | 'malformed' | 'forged' | 'not_for_us' | 'stale' | 'replayed';

/** Does what a command asks for; what it says is shown. @throws Error where it cannot be done, with why. */
export type Obey = (command: Command) => Promise<string> | string;

/** A command is for now: it is refused when it was issued so long ago, or so far ahead. */
const MOST_AGE_MS = 5 * 60_000;
const LAST = 'lastCommandMs';

/**
 * Obeys commands that bear the gateway's signature, are for this edge, fresh, and newer than the last one: what somebody
 * recorded and sends again is refused, also after a restart.
 */
export class Commands {
  readonly refused = new Map<CommandRefusal, number>();
  last: CommandOutcome | undefined;
  readonly #config: EdgeConfig;
  readonly #outbox: Outbox;
  readonly #key: KeyObject | null;
  readonly #now: () => number;

  /** @throws where the key cannot be read, or is none. */
  constructor(config: EdgeConfig, outbox: Outbox, now: () => number) {
    this.#config = config;
    this.#outbox = outbox;
    this.#now = now;
    const file = config.uplink.commandKeyFile;
    this.#key = file === undefined ? null : createPublicKey(readFileSync(file));
    if (this.#key && this.#key.asymmetricKeyType !== 'ed25519') throw new Error(`${file}: not an Ed25519 public key`);
  }

  /** @param clockOffsetMs how far the gateway's clock is behind this one. */
  async hear(payload: Uint8Array, clockOffsetMs: number, obey: Obey): Promise<CommandRefusal | CommandOutcome> {
    const command = this.#verified(payload);
    if (typeof command === 'string') return this.#refuse(command);
    const { site, edge, issuedMs } = command;
    if (site !== this.#config.site || edge !== this.#config.edge) return this.#refuse('not_for_us');
    if (Math.abs(this.#now() - clockOffsetMs - issuedMs) > MOST_AGE_MS) return this.#refuse('stale');
    if (issuedMs <= (this.#outbox.number(LAST) ?? 0)) return this.#refuse('replayed');
    // Before it is done: one that kills the edge must not kill it again.
    this.#outbox.keepNumber(LAST, issuedMs);
    this.last = await this.#done(command, obey);
    return this.last;
  }

  async #done(command: Command, obey: Obey): Promise<CommandOutcome> {
    const said = { id: command.id, what: command.order.what, timeMs: this.#now() };
    try {
      return { ...said, outcome: 'done', detail: await obey(command) };
    } catch (error) {
      return {
        ...said,
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

/** What of an order is aimed at a machine. */
export type AimedOrder = Extract<Order, { asset: string }>;
