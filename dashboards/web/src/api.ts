import type { z } from 'zod';
import type { trackRecordSchema } from '#models/contracts/alarmHealth.ts';
import type { AlarmAction, AlertRecord, AlertView } from '#models/contracts/alert.ts';
import type { Columns, DeliveryView, MachineView, ModelView } from '#models/contracts/api.ts';
import type { Attachment } from '#models/contracts/attachment.ts';
import type { AuditPage, AuditVerification } from '#models/contracts/audit.ts';
import type { Enrolment } from '#models/contracts/enrolment.ts';
import type { EvidenceView, SignalEvidence } from '#models/contracts/evidence.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';
import type { Account, Role, SessionView, SignIn, Token } from '#models/contracts/identity.ts';
import type {
  levelSchema,
  PlanAlert,
  PlanItem,
  PlanSeries,
  PlanSummary,
  supplierScoreSchema,
} from '#models/contracts/plan.ts';
import type { ForecastOverride, OrderDecision, PlanException } from '#models/contracts/planDecision.ts';
import type { ScenarioComparison } from '#models/contracts/planScenario.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import type { Suppression } from '#models/contracts/suppression.ts';
import type { Backtest, Value } from '#models/contracts/value.ts';
import type { WorkList, WorkOrder } from '#models/contracts/workOrder.ts';
import { t } from './i18n/i18n.ts';

const TOKEN = 'millwright.token';

/** No user is signed in, or the session has ended. */
export class NotAllowed extends Error {}

export const token = {
  read: () => sessionStorage.getItem(TOKEN),
  keep: (value: string) => sessionStorage.setItem(TOKEN, value),
  forget: () => sessionStorage.removeItem(TOKEN),
};

/** @throws NotAllowed; Error with the gateway's reason for any other failure. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const known = token.read();
  if (known) headers.set('authorization', `Bearer ${known}`);
  const response = await fetch(path, { ...init, headers });
  if (response.status === 401) throw new NotAllowed((await reasonOf(response)) ?? t('sign in first'));
  if (!response.ok) throw new Refused(path, response.status, await reasonOf(response));
  return response;
}

/** A request refused by the gateway; the message is the reason. */
export class Refused extends Error {
  readonly status: number;

  constructor(path: string, status: number, reason: string | null) {
    super(reason ?? `${path}: ${status}`);
    this.status = status;
  }
}

async function reasonOf(response: Response): Promise<string | null> {
  // A proxy may respond without JSON; then only the status is known.
  const body = (await response.json().catch(() => null)) as { error?: string; message?: string } | null;
  // The reason of a schema error is in `message`.
  return body?.message ?? body?.error ?? null;
}

const get = async <T>(path: string): Promise<T> => (await request(path)).json() as Promise<T>;

export interface SeriesRequest {
  measurement: 'millwright_features' | 'millwright_health';
  site: string;
  edge: string;
  asset: string;
  point?: string;
  field: string;
  fromMs: number;
  toMs: number;
  /** Maximum number of intervals; 500 by default. */
  points?: number;
}

export interface PlanView {
  summary: PlanSummary | null;
  failure: string | null;
  items: PlanItem[];
}
/** Precision of earlier alerts of a rule; null if none has a finding. */
export interface RuleRecord {
  rule: string;
  trackRecord: z.infer<typeof trackRecordSchema> | null;
}
export type Supplier = z.infer<typeof supplierScoreSchema>;
export type Level = z.infer<typeof levelSchema>;

const send = (method: 'POST' | 'PUT', path: string, body: object) =>
  request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const post = (path: string, body: object) => send('POST', path, body);
const answerOf = async <T>(answer: Promise<Response>): Promise<T> => (await answer).json() as Promise<T>;
const accountPath = (name: string) => `/api/v1/accounts/${encodeURIComponent(name)}`;

type Filter = Record<string, string | number | undefined>;

/** The fields of a filter that are set. */
const queryOf = (filter: Filter) =>
  new URLSearchParams(
    Object.entries(filter).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, String(v)]])),
  );

interface OneTime {
  name: string;
  oneTimePassword: string;
}

export const api = {
  session: () => get<SessionView>('/api/v1/session'),
  waysToSignIn: () => get<SignIn>('/api/v1/sign-in'),
  signIn: async (name: string, password: string) => {
    try {
      await post('/api/v1/session', { name, password });
      token.forget();
    } catch (error) {
      // Do not report a missing sign-in, because this request is the sign-in.
      throw error instanceof NotAllowed ? new Error(error.message) : error;
    }
  },
  choosePassword: (password: string, newPassword: string) =>
    post('/api/v1/session/password', { password, newPassword }),
  signOut: async () => {
    if (token.read() === null) await request('/api/v1/session', { method: 'DELETE' });
    token.forget();
  },
  accounts: () => get<Account[]>('/api/v1/accounts'),
  addAccount: (name: string, role: Role, sites: string[] | null) =>
    answerOf<OneTime>(post('/api/v1/accounts', { name, role, sites })),
  changeAccount: ({ name, role, sites, disabled }: Account) =>
    send('PUT', accountPath(name), { role, sites, disabled }),
  resetAccount: (name: string) => answerOf<OneTime>(post(`${accountPath(name)}/reset`, {})),
  tokens: () => get<Token[]>('/api/v1/tokens'),
  addToken: (fields: { name: string; kind: 'personal' | 'service'; role: Role; days: number }) =>
    answerOf<{ secret: string }>(post('/api/v1/tokens', fields)),
  removeToken: (id: string) => request(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  enrolments: () => get<Enrolment[]>('/api/v1/enrolments'),
  addEnrolment: (site: string, edge: string, receives: string[]) =>
    answerOf<{ code: string; expiresMs: number }>(post('/api/v1/enrolments', { site, edge, receives })),
  revokeEnrolment: (site: string, edge: string) =>
    request(`/api/v1/enrolments/${encodeURIComponent(site)}/${encodeURIComponent(edge)}`, { method: 'DELETE' }),
  plan: (limit: number, search: string) =>
    get<PlanView>(`/api/v1/plan?${new URLSearchParams({ sort: 'risk', limit: String(limit), search })}`),
  planItem: (item: string, site: string) =>
    get<{ item: PlanItem; series: PlanSeries }>(`/api/v1/plan/item?${new URLSearchParams({ item, site })}`),
  planExceptions: (limit: number) => get<PlanException[]>(`/api/v1/plan/exceptions?limit=${limit}`),
  decisions: () => get<OrderDecision[]>('/api/v1/plan/decisions'),
  decide: (item: string, site: string, by: string, decision: object) =>
    post('/api/v1/plan/decisions', { item, site, by, decision }),
  withdrawDecision: (id: string, by: string) => post(`/api/v1/plan/decisions/${id}/withdraw`, { by }),
  transferReceived: (id: string, by: string) => post(`/api/v1/plan/decisions/${id}/received`, { by }),
  overrides: () => get<ForecastOverride[]>('/api/v1/plan/overrides?limit=1000'),
  override: (fields: object) => post('/api/v1/plan/overrides', fields),
  withdrawOverride: (id: string, by: string) => post(`/api/v1/plan/overrides/${id}/withdraw`, { by }),
  planAlerts: () => get<PlanAlert[]>('/api/v1/plan/alerts'),
  acknowledgePlan: (id: string, by: string, comment: string) =>
    post('/api/v1/plan/alerts/acknowledge', comment ? { id, by, comment } : { id, by }),
  suppliers: () => get<Supplier[]>('/api/v1/suppliers'),
  levels: () => get<Level[]>('/api/v1/plan/levels'),
  scenarios: () => get<ScenarioComparison>('/api/v1/plan/scenarios'),
  addScenario: (name: string, by: string, change: object) => post('/api/v1/plan/scenarios', { name, by, change }),
  runScenario: (id: string) => post(`/api/v1/plan/scenarios/${id}/run`, {}),
  removeScenario: (id: string, by: string) => post(`/api/v1/plan/scenarios/${id}/remove`, { by }),
  /** A what-if plan of the item. @throws Error if the item is no longer planned. */
  whatIf: async (item: string, site: string, change: object): Promise<PlanItem> => {
    const answer = await post('/api/v1/plan/what-if', { item, ...change });
    const { items } = (await answer.json()) as { items: PlanItem[] };
    const found = items.find((i) => i.site === site);
    if (!found) throw new Error(t('{{item}} is not in the plan', { item }));
    return found;
  },
  /** Saves a response as a file: a plain link could not send the token. */
  save: async (path: string, name: string) => {
    const address = URL.createObjectURL(await (await request(path)).blob());
    Object.assign(document.createElement('a'), { href: address, download: name }).click();
    URL.revokeObjectURL(address);
  },
  value: (days: number) => get<Value>(`/api/v1/value?days=${days}`),
  backtest: (days: number, asset: string, site?: string) =>
    get<Backtest>(`/api/v1/backtest?${queryOf({ days, asset, site })}`),
  edges: () => get<StatusMessage[]>('/api/v1/edges'),
  models: () => get<ModelView[]>('/api/v1/models'),
  rollouts: () => get<Rollout[]>('/api/v1/rollouts'),
  machines: () => get<MachineView[]>('/api/v1/machines'),
  /** The latest open alerts, and all older critical ones. */
  alerts: async (): Promise<AlertRecord[]> => {
    const [newest, critical] = await Promise.all(
      ['', '&severity=critical&limit=1000'].map((more) => get<AlertRecord[]>(`/api/v1/alerts?state=active${more}`)),
    );
    const known = new Set(newest.map(({ id }) => id));
    return [...newest, ...critical.filter(({ id }) => !known.has(id))];
  },
  alertPage: (filter: Filter) => get<AlertRecord[]>(`/api/v1/alerts?${queryOf(filter)}`),
  audit: (filter: Filter) => get<AuditPage>(`/api/v1/audit?order=newest&${queryOf(filter)}`),
  verifyAudit: () => get<AuditVerification>('/api/v1/audit/verification'),
  alert: (id: string) => get<AlertView>(`/api/v1/alerts/${encodeURIComponent(id)}`),
  trackRecord: (alert: string) => get<RuleRecord>(`/api/v1/alerts/${encodeURIComponent(alert)}/track-record`),
  suppressions: () => get<Suppression[]>('/api/v1/suppressions'),
  suppress: (fields: object) => post('/api/v1/suppressions', fields),
  endSuppression: (id: string, by: string) => post(`/api/v1/suppressions/${encodeURIComponent(id)}/end`, { by }),
  channels: () => get<{ name: string; counts: Record<string, number> }[]>('/api/v1/notification-channels'),
  testChannel: (name: string, by: string) =>
    post(`/api/v1/notification-channels/${encodeURIComponent(name)}/test`, { by }),
  deadLetters: () => get<DeliveryView[]>('/api/v1/notifications?state=dead'),
  resend: (id: string, by: string) => post(`/api/v1/notifications/${id}/resend`, { by }),
  abandon: (id: string, by: string) => post(`/api/v1/notifications/${id}/abandon`, { by }),
  series: (query: SeriesRequest) => {
    const text = Object.entries(query).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]]));
    return get<Columns>(`/api/v1/series?${new URLSearchParams(text)}`);
  },
  /** Null while the point has no spectrum. */
  spectrum: async (site: string, edge: string, asset: string, point: string): Promise<Spectrum | null> => {
    const path = `/api/v1/spectra/${site}/${edge}/${asset}/${point}`;
    try {
      return await get<Spectrum>(path);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null;
      throw error;
    }
  },
  recordings: () => get<EvidenceView[]>('/api/v1/evidence'),
  recording: (id: string) => get<SignalEvidence>(`/api/v1/evidence/${encodeURIComponent(id)}`),
  /** Requests the next recording of a point from its edge. */
  takeRecording: (site: string, edge: string, asset: string, point: string, by: string) =>
    post(`/api/v1/edges/${site}/${edge}/commands`, { by, order: { what: 'evidence', asset, point } }),
  act: (id: string, by: string, change: AlarmAction) =>
    post(`/api/v1/alerts/${encodeURIComponent(id)}/actions`, { by, change, requestId: crypto.randomUUID() }),
  find: (id: string, by: string, finding: 'confirmed' | 'false_alarm') =>
    post(`/api/v1/alerts/${encodeURIComponent(id)}/finding`, { by, finding }),
  attachments: (alert: string) => get<Attachment[]>(`/api/v1/alerts/${encodeURIComponent(alert)}/attachments`),
  attach: async (alert: string, by: string, file: File) => {
    const query = new URLSearchParams({ name: file.name, by });
    await request(`/api/v1/alerts/${encodeURIComponent(alert)}/attachments?${query}`, {
      method: 'POST',
      body: file,
      headers: { 'content-type': file.type },
    });
  },
  workOrders: () => get<WorkOrder[]>('/api/v1/work-orders'),
  /** The newest work orders, including closed ones. */
  allWorkOrders: (site: string) =>
    get<WorkOrder[]>(`/api/v1/work-orders?${queryOf({ state: 'all', site, limit: 1000 })}`),
  workList: (days: number) => get<WorkList>(`/api/v1/work-list?days=${days}`),
  decideOrder: (id: string, what: 'approve' | 'reject', by: string, reason: string | undefined) =>
    post(`/api/v1/work-orders/${id}/${what}`, reason === undefined ? { by } : { by, reason }),
  acknowledge: (id: string, by: string, comment: string) =>
    post(`/api/v1/alerts/${encodeURIComponent(id)}/acknowledge`, comment ? { by, comment } : { by }),
};
