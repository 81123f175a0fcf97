import { computed, signal } from '@preact/signals';
import type { AlarmAction, AlertRecord } from '#models/contracts/alert.ts';
import type { LiveEvent, MachineView } from '#models/contracts/api.ts';
import { eventReader } from '#models/contracts/eventStream.ts';
import type { PlanAlert } from '#models/contracts/plan.ts';
import { machineKey as keyOf } from '#models/contracts/topics.ts';
import { openWorkOrderStates, type WorkOrder } from '#models/contracts/workOrder.ts';
import { api, NotAllowed, request } from './api.ts';
import { applyHealth } from './applyHealth.ts';
import { groupBy } from './groupBy.ts';
import { t } from './i18n/i18n.ts';
import { session } from './session/session.ts';

export { keyOf };

/** The page's state; all parts render from it. */
export const machines = signal<MachineView[]>([]);
export const alerts = signal<AlertRecord[]>([]);
const machinesByKey = computed(() => new Map(machines.value.map((machine) => [keyOf(machine.health), machine])));
/** A machine by its name; undefined if it has not reported. */
export const machineOf = (of: Parameters<typeof keyOf>[0]): MachineView | undefined =>
  machinesByKey.value.get(keyOf(of));
const alertsByMachine = computed(() => groupBy(alerts.value, keyOf));
const NO_ALERTS: readonly AlertRecord[] = [];
/** The open alerts of a machine; the same array until an alert changes. */
export const alertsOf = (key: string): readonly AlertRecord[] => alertsByMachine.value.get(key) ?? NO_ALERTS;
/** The alert that changed last, whether open or not. */
export const changedAlert = signal<AlertRecord | null>(null);
/** Active planner alerts. */
export const planAlerts = signal<PlanAlert[]>([]);
/** Open work orders, newest first. */
export const workOrders = signal<WorkOrder[]>([]);
/** Increases with each new plan, so that views reload. */
export const planVersion = signal(0);
export const connection = signal<'connecting' | 'live' | 'lost' | 'not allowed'>('connecting');
export const problem = signal<string | null>(null);

const LAST_VISIT = 'millwright.lastVisit';
const VISIT_MS = 60_000;
/** When this user last left the page; 0 on the first visit. */
export const lastVisitMs = Number(localStorage.getItem(LAST_VISIT) ?? 0);
const noteVisit = () => localStorage.setItem(LAST_VISIT, String(Date.now()));
addEventListener('pagehide', noteVisit);
// A killed browser fires no event.
setInterval(noteVisit, VISIT_MS);

const RECONNECT_MS = 2000;
const SILENCE_MS = 40_000;

/** The last event applied, from which the stream resumes. Null: the page must request the current state. */
let lastEventId: string | null = null;

/** Follows the gateway while the page is open; a reconnect resumes with missed events or requests the state again. */
export async function follow(): Promise<void> {
  for (;;) {
    try {
      await listen();
    } catch (error) {
      connection.value = error instanceof NotAllowed ? 'not allowed' : 'lost';
      if (error instanceof NotAllowed) {
        // The next user may see other sites.
        lastEventId = null;
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

export const acknowledge = (id: string, by: string, comment: string) =>
  attempt(t('Not acknowledged'), () => api.acknowledge(id, by, comment));

export const act = (id: string, by: string, change: AlarmAction) =>
  attempt(t('Not changed'), () => api.act(id, by, change));

export const attach = (id: string, by: string, file: File) =>
  attempt(t('Not attached'), () => api.attach(id, by, file));

export const find = (id: string, by: string, finding: 'confirmed' | 'false_alarm') =>
  attempt(t('Not recorded'), () => api.find(id, by, finding));

export const decideOrder = (id: string, what: 'approve' | 'reject', by: string, reason: string | undefined) =>
  attempt(t('Not decided'), () => api.decideOrder(id, what, by, reason));

export const acknowledgePlan = (id: string, by: string, comment: string) =>
  attempt(t('Not acknowledged'), () => api.acknowledgePlan(id, by, comment));

export const save = (path: string, name: string) => attempt(t('Not saved'), () => api.save(path, name));

/** Runs an action at the gateway; shows the error on failure. */
async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    problem.value = null;
  } catch (error) {
    problem.value = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function refresh(): Promise<void> {
  const requests = [api.machines(), api.alerts(), api.planAlerts(), api.workOrders()] as const;
  const [allMachines, allAlerts, forPlanners, orders] = await Promise.all(requests);
  [machines.value, alerts.value, workOrders.value] = [allMachines, allAlerts, orders];
  planAlerts.value = forPlanners.filter((a) => a.returnedAtMs === null);
  planVersion.value++;
}

/**
 * Reads events from a streamed response rather than EventSource, which cannot send a token. The current state is
 * requested once the stream is open, so that nothing falls between the two. A stream that is silent for longer than the
 * gateway's keep-alive is abandoned: a laptop that slept may never learn that its connection has died.
 */
async function listen(): Promise<void> {
  const watchdog = new AbortController();
  let timer = setTimeout(() => watchdog.abort(), SILENCE_MS);
  try {
    session.value = await api.session();
    // The gateway refuses everything else until the password is changed.
    if (session.value.mustChangePassword) throw new NotAllowed('choose a password first');
    const headers: HeadersInit = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    const response = await request('/api/v1/events', { signal: watchdog.signal, headers });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    if (lastEventId === null) await refresh();
    connection.value = 'live';
    const decoder = new TextDecoder();
    const read = eventReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => watchdog.abort(), SILENCE_MS);
      for (const { id, data } of read(decoder.decode(value, { stream: true }))) {
        const event = data === '' ? null : (JSON.parse(data) as LiveEvent);
        if (event?.type === 'reload') await refresh();
        else if (event !== null) apply(event);
        lastEventId = id ?? lastEventId;
      }
    }
  } finally {
    clearTimeout(timer);
    // After an error, the stream is still open.
    watchdog.abort();
  }
  connection.value = 'lost';
}

function apply(event: LiveEvent): void {
  if (event.type === 'alert') applyAlert(event.alert);
  if (event.type === 'health') receiveHealth(event);
  if (event.type === 'plan') applyPlan(event.alerts);
  if (event.type === 'work_order') applyOrder(event.order);
  if (event.type === 'watch') applyWatch(event.machines);
}

function applyPlan(changed: PlanAlert[]): void {
  const ids = new Set(changed.map((a) => a.id));
  const others = planAlerts.value.filter((a) => !ids.has(a.id));
  const open = changed.filter((a) => a.returnedAtMs === null);
  planAlerts.value = [...open, ...others].sort((a, b) => b.raisedAtMs - a.raisedAtMs);
  planVersion.value++;
}

function applyAlert(alert: AlertRecord): void {
  changedAlert.value = alert;
  const others = alerts.value.filter((a) => a.id !== alert.id);
  alerts.value = alert.state === 'normal' ? others : [alert, ...others].sort((a, b) => b.raisedAtMs - a.raisedAtMs);
  const machine = machineOf(alert);
  if (machine?.units[alert.point] === undefined) void reloadMachines();
}

/** Live events include health, but not the units of points that appear after the page was opened. */
async function reloadMachines(): Promise<void> {
  // If the gateway is unreachable, the connection status shows it.
  machines.value = await api.machines().catch(() => machines.value);
}

function applyOrder(order: WorkOrder): void {
  const others = workOrders.value.filter((o) => o.id !== order.id);
  const isOpen = openWorkOrderStates.some((state) => state === order.state);
  workOrders.value = isOpen ? [order, ...others].sort((a, b) => b.createdMs - a.createdMs) : others;
}

function applyWatch(changed: Extract<LiveEvent, { type: 'watch' }>['machines']): void {
  const watches = new Map(changed.map((m) => [keyOf(m), m.watch]));
  machines.value = machines.value.map((m) => ({ ...m, watch: watches.get(keyOf(m.health)) ?? m.watch }));
}

/** Interval between renderings: 500 machines send a hundred messages a second, faster than anybody reads. */
const [DRAW_MS, DRAW_MANY_MS] = [250, 1000];
/** With more machines, rendering all of them four times a second would delay the user's input. */
const MANY = 100;
const newest = new Map<string, MachineView['health']>();

function receiveHealth({ health }: Extract<LiveEvent, { type: 'health' }>): void {
  if (newest.size === 0) setTimeout(drawNewest, machines.value.length > MANY ? DRAW_MANY_MS : DRAW_MS);
  newest.set(keyOf(health), health);
}

function drawNewest(): void {
  machines.value = applyHealth(machines.value, newest);
  newest.clear();
}
