import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Logger } from 'pino';
import type { LiveEvent } from '#models/contracts/api.ts';
import { clientOptions } from '../store/postgres/clientOptions.ts';
import { schemaOf } from '../store/postgres/openPostgres.ts';
import type { PostgresSettings } from '../store/postgres/postgresSettings.ts';
import type { Lead } from './lead.ts';
import { Pieces, piecesOf } from './pieces.ts';

/** Live events of a message, without the request to load the present state. */
const eventsIn = (message: PeerMessage) =>
  'events' in message ? message.events.filter(({ type }) => type !== 'reload').length : 0;

/** A message between gateways. */
export type PeerMessage = { events: LiveEvent[] } | { plan: string } | { accounts: 'changed' };

interface PeerHandlers {
  received: (message: PeerMessage) => void;
  /** Called when this gateway becomes the leader. */
  leads: () => void;
}

const CHANNEL = 'millwright';
const TURN_MS = 1000;
/** Time after which a lease ends if it is not renewed. */
const LEASE_MS = 6000;
/** A leader stops this long before its lease ends, so that two never lead at once even if its clock runs slow. */
const MARGIN_MS = 1000;
const GATHER_MS = 50;
/** Limit on live events that wait for a connection; beyond it, they are dropped and pages reload the present state. */
const MAX_WAITING = 2000;

/**
 * The other gateways of a PostgreSQL database. One of them leads: it holds a lease that it renews every second, so
 * another takes over six seconds after a leader died or hung. Live events reach all of them by NOTIFY.
 */
export class Peers implements Lead {
  /** How often this gateway has become the leader since its start. */
  turns = 0;
  /** Live events not sent while the database was unreachable; pages of other gateways reload the present state. */
  dropped = 0;
  readonly #settings: PostgresSettings;
  readonly #handlers: PeerHandlers;
  readonly #log: Logger;
  readonly #me = randomUUID();
  readonly #pieces = new Pieces(this.#me);
  #client: pg.Client | null = null;
  #leadsUntilMs = Number.NEGATIVE_INFINITY;
  #wasLeader = false;
  #waiting: LiveEvent[] = [];
  #sent = 0;
  /** Whether the other gateways missed a message: they reload as soon as the database answers again. */
  #isBehind = false;
  #timer: NodeJS.Timeout | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #turn: Promise<void> = Promise.resolve();
  #queries: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(settings: PostgresSettings, handlers: PeerHandlers, log: Logger) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#log = log;
  }

  get isLeader(): boolean {
    return performance.now() < this.#leadsUntilMs;
  }

  get isConnected(): boolean {
    return this.#client !== null;
  }

  start(): void {
    this.#turn = this.#takeTurn();
  }

  /** Releases the lease, so that the next leader need not wait for its end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#gathering) clearTimeout(this.#gathering);
    await this.#turn;
    this.#leadsUntilMs = Number.NEGATIVE_INFINITY;
    const client = this.#client;
    this.#client = null;
    if (client !== null)
      await this.#query(client, 'UPDATE lead SET until = now() WHERE holder = $1', [this.#me]).catch(() => undefined);
    await client?.end().catch(() => undefined);
  }

  /** Sends a live event to the pages of the other gateways. */
  publish(event: LiveEvent): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.dropped += eventsIn({ events: this.#waiting });
      this.#waiting = [{ type: 'reload' }];
    }
    this.#waiting.push(event);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#sendWaiting();
    }, GATHER_MS);
  }

  /** Without a connection, events wait until there is one. */
  #sendWaiting(): void {
    if (this.#client === null || this.#waiting.length === 0) return;
    const events = this.#waiting;
    this.#waiting = [];
    this.tell({ events });
  }

  /** Sends a message to the other gateways. One that cannot be sent is made up for by a reload: the state is in the database. */
  tell(message: PeerMessage): void {
    const pieces = piecesOf(this.#me, this.#sent++, JSON.stringify(message));
    const client = this.#client;
    if (client === null) {
      this.#miss(message);
      return;
    }
    const sent = pieces.map((piece) => this.#query(client, 'SELECT pg_notify($1, $2)', [CHANNEL, piece]));
    Promise.all(sent).catch(() => this.#miss(message));
  }

  #miss(message: PeerMessage): void {
    this.dropped += eventsIn(message);
    this.#isBehind = true;
  }

  #catchUp(): void {
    if (this.#isBehind) {
      this.#isBehind = false;
      this.tell({ events: [{ type: 'reload' }] });
      this.tell({ accounts: 'changed' });
    }
    this.#sendWaiting();
  }

  async #takeTurn(): Promise<void> {
    try {
      this.#client ??= await this.#connect();
      await this.#lease(this.#client);
      this.#catchUp();
    } catch (error) {
      this.#lose(error);
    }
    if (this.isLeader !== this.#wasLeader) {
      this.#wasLeader = this.isLeader;
      this.#log.info(this.#wasLeader ? 'this gateway leads' : 'this gateway no longer leads');
      if (this.#wasLeader) {
        this.turns++;
        this.#handlers.leads();
      }
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => this.start(), TURN_MS);
  }

  /** Takes or renews the lease by the server's clock. Its local end is counted from before the query. */
  async #lease(client: pg.Client): Promise<void> {
    const queriedMs = performance.now();
    const { rowCount } = await this.#query(
      client,
      `INSERT INTO lead (id, holder, until) VALUES (1, $1, now() + $2 * interval '1 millisecond')
       ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, until = excluded.until
       WHERE lead.holder = excluded.holder OR lead.until < now()`,
      [this.#me, LEASE_MS],
    );
    this.#leadsUntilMs = rowCount === 1 ? queriedMs + LEASE_MS - MARGIN_MS : Number.NEGATIVE_INFINITY;
  }

  /** Runs queries one at a time. */
  #query(client: pg.Client, text: string, values: unknown[]): Promise<pg.QueryResult> {
    const answer = this.#queries.then(() => client.query(text, values));
    this.#queries = answer.catch(() => undefined);
    return answer;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...clientOptions(this.#settings), query_timeout: this.#settings.answerMs });
    client.on('error', (error) => {
      if (client === this.#client) this.#lose(error);
    });
    client.on('notification', ({ payload }) => this.#receive(payload ?? ''));
    try {
      await client.connect();
      await client.query(`SET search_path TO ${schemaOf('gateway.db')}; LISTEN ${CHANNEL}`);
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    // Messages of the other gateways may have been missed.
    this.#handlers.received({ events: [{ type: 'reload' }] });
    this.#handlers.received({ accounts: 'changed' });
    return client;
  }

  #receive(payload: string): void {
    try {
      const text = this.#pieces.add(payload);
      if (text !== null) this.#handlers.received(JSON.parse(text) as PeerMessage);
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'a message of another gateway could not be read');
    }
  }

  #lose(error: unknown): void {
    if (this.#client !== null) this.#log.warn({ error: String(error) }, 'the other gateways cannot be reached');
    const client = this.#client;
    this.#client = null;
    void client?.end().catch(() => undefined);
  }
}
