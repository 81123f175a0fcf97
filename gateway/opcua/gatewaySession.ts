import { type AlarmAction, type AlertRecord, alertRecordSchema } from '#models/contracts/alert.ts';
import { refusalReason } from '../refusalReason.ts';

const ANSWER_MS = 20_000;

/** A request refused by the gateway; the message is the reason. */
export class GatewayRefusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** Requests to a gateway under one identity: a token, or a signed-in account. */
export class GatewaySession {
  readonly #gateway: string;
  readonly #headers: Record<string, string>;
  readonly #name: string;

  private constructor(gateway: string, headers: Record<string, string>, name: string) {
    this.#gateway = gateway;
    this.#headers = headers;
    this.#name = name;
  }

  /** @param token undefined if no sign-in is needed. */
  static withToken(gateway: string, token: string | undefined): GatewaySession {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return new GatewaySession(gateway, headers, 'OPC UA client');
  }

  /**
   * @param origin of the gateway's page as browsers see it. @throws GatewayRefusal; Error if the gateway is
   * unreachable.
   */
  static async signIn(gateway: string, origin: string, name: string, password: string): Promise<GatewaySession> {
    const answer = await fetch(new URL('/api/v1/session', gateway), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ name, password }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new GatewayRefusal(answer.status, await reasonOf(answer));
    const cookie = answer.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ');
    return new GatewaySession(gateway, { cookie, origin }, name);
  }

  /** @throws GatewayRefusal; Error if the gateway is unreachable. */
  async act(alert: string, change: AlarmAction): Promise<AlertRecord> {
    const answer = await this.request(`/api/v1/alerts/${encodeURIComponent(alert)}/actions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: this.#name, change, requestId: crypto.randomUUID() }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return alertRecordSchema.parse(await answer.json());
  }

  async signOut(): Promise<void> {
    if (this.#headers.cookie !== undefined) await this.request('/api/v1/session', { method: 'DELETE' });
  }

  /** @throws GatewayRefusal; Error if the gateway is unreachable. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) };
    const answer = await fetch(new URL(path, this.#gateway), { ...init, headers });
    if (!answer.ok) throw new GatewayRefusal(answer.status, await reasonOf(answer));
    return answer;
  }
}

async function reasonOf(answer: Response): Promise<string> {
  // A proxy may respond without JSON; then only the status is known.
  return refusalReason(await answer.json().catch(() => null)) ?? `the gateway responded with ${answer.status}`;
}
