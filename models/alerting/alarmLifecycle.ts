import type {
  Alarm,
  AlarmAction,
  AlarmState,
  AlarmTransition,
  AlertMessage,
  AlertRecord,
  Finding,
} from '#models/contracts/alert.ts';

/** Transitions kept with an alarm; the audit log has all of them. */
const MAX_TRANSITIONS = 200;
/** Shelving is for a known, temporary condition; a longer one belongs out of service. */
const LONGEST_SHELVED_MS = 7 * 86_400_000;

/** The result of an operator's action on an alarm, or why it is not possible now. */
export type Outcome<A> = { ok: true; alarm: A; isChanged: boolean } | { ok: false; reason: string };

/** State of ISA-18.2, figure 2, at a time: shelving expires by itself. An alarm that is over needs no suppression. */
export function stateAt(alarm: Omit<Alarm, 'state'>, atMs: number): AlarmState {
  if (alarm.closed !== undefined) return 'normal';
  if (alarm.outOfService !== undefined) return 'out_of_service';
  const isReturned = alarm.returnedAtMs !== null;
  if (alarm.suppressed !== undefined && !(isReturned && alarm.acknowledgedAtMs !== null)) return 'suppressed';
  if (alarm.shelved !== undefined && alarm.shelved.untilMs > atMs) return 'shelved';
  if (alarm.acknowledgedAtMs !== null) return isReturned ? 'normal' : 'acknowledged';
  return isReturned ? 'returned_unacknowledged' : 'unacknowledged';
}

/**
 * The alert after a message from an edge. Pure. `null` is an alert that is not known yet; the caller drops messages
 * older than the last one, by sequence. Worsening after an acknowledgement alarms again, ends shelving and reopens what
 * was closed: a critical condition is never hidden.
 * @param atMs the gateway's clock: an edge's may be wrong.
 */
export function applyMessage(known: AlertRecord | null, message: AlertMessage, atMs: number): AlertRecord {
  const isReturned = message.change === 'return';
  const base = known ?? { acknowledgedAtMs: null, acknowledgedBy: null, comment: null };
  const next = {
    ...base,
    id: message.id,
    site: message.site,
    edge: message.edge,
    asset: message.asset,
    point: message.point,
    severity: message.severity,
    text: isReturned && known ? known.text : message.text,
    index: message.index,
    raisedAtMs: message.raisedAtMs,
    updatedAtMs: message.timeMs,
    returnedAtMs: isReturned ? message.timeMs : null,
    evidence: isReturned && known ? known.evidence : message.evidence,
    remainingLife: message.remainingLife,
    ...(message.audience ? { audience: message.audience } : {}),
    ...(message.wiring ? { wiring: message.wiring } : {}),
  };
  const isWorse = known?.severity === 'warning' && message.severity === 'critical' && !isReturned;
  const alarm = isWorse ? alarmingAgain(next) : next;
  return withState(alarm, atMs, isWorse ? transition(atMs, null, 'escalate', 'warning to critical') : null);
}

function alarmingAgain<A extends Omit<Alarm, 'state'>>(alarm: A): A {
  const { shelved: _shelved, closed: _closed, ...rest } = alarm;
  return { ...rest, acknowledgedAtMs: null, acknowledgedBy: null } as A;
}

/** An alarm after an operator's action. Pure; the same `requestId`, or an action without effect, changes nothing. */
export function applyAction<A extends Alarm>(
  known: A,
  action: AlarmAction,
  by: string,
  atMs: number,
  requestId?: string,
): Outcome<A> {
  if (requestId !== undefined && known.history?.some((t) => t.requestId === requestId))
    return { ok: true, alarm: known, isChanged: false };
  const next = changed(known, action, by, atMs);
  if (typeof next === 'string') return { ok: false, reason: next };
  if (next === known) return { ok: true, alarm: known, isChanged: false };
  const entry = transition(atMs, by, action.action, noteOf(action), requestId);
  return { ok: true, alarm: withState(next, atMs, entry), isChanged: true };
}

/** The alarm if its shelving has expired by now; null if nothing has changed. */
export function applyTime<A extends Alarm>(known: A, atMs: number): A | null {
  if (known.shelved === undefined || known.shelved.untilMs > atMs) return null;
  const { shelved: _shelved, ...rest } = known;
  return withState(rest as A, atMs, transition(atMs, null, 'unshelve', 'the time of its shelving is over'));
}

/** The record with an action's effect; the same record if it has none; a reason if it is not allowed. */
function changed<A extends Alarm>(known: A, action: AlarmAction, by: string, atMs: number): A | string {
  switch (action.action) {
    case 'acknowledge':
      if (known.acknowledgedAtMs !== null) return known;
      return { ...known, acknowledgedAtMs: atMs, acknowledgedBy: by, comment: action.comment ?? null };
    case 'unacknowledge':
      if (known.acknowledgedAtMs === null) return known;
      return { ...known, acknowledgedAtMs: null, acknowledgedBy: null };
    case 'assign':
      return known.assignedTo === action.to ? known : { ...known, assignedTo: action.to };
    case 'comment':
      return { ...known, comment: action.text };
    case 'shelve': {
      if (known.closed !== undefined) return 'a closed alarm cannot be shelved';
      if (action.untilMs <= atMs) return 'the end of shelving is in the past';
      if (action.untilMs > atMs + LONGEST_SHELVED_MS)
        return 'shelving lasts at most seven days: remove it from service';
      return { ...known, shelved: { untilMs: action.untilMs, by, reason: action.reason } };
    }
    case 'unshelve':
      return known.shelved === undefined ? known : without(known, 'shelved');
    case 'remove_from_service':
      return known.outOfService !== undefined ? known : { ...known, outOfService: { by, reason: action.reason } };
    case 'return_to_service':
      return known.outOfService === undefined ? known : without(known, 'outOfService');
    case 'close':
      return closedWith(known, action, by, atMs);
    case 'reopen':
      if (known.closed === undefined) return 'only a closed alarm can be reopened';
      return { ...without(known, 'closed'), acknowledgedAtMs: null, acknowledgedBy: null };
  }
}

function closedWith<A extends Alarm>(
  known: A,
  { finding, comment, failureMode, part, damage }: Extract<AlarmAction, { action: 'close' }>,
  by: string,
  atMs: number,
): A {
  const entry: Finding = {
    finding,
    by,
    comment: comment ?? null,
    atMs,
    ...(failureMode === undefined ? {} : { failureMode }),
    ...(part === undefined ? {} : { part }),
    ...(damage === undefined ? {} : { damage }),
  };
  const found = withFinding(known, entry);
  const acknowledged = found.acknowledgedAtMs === null ? { acknowledgedAtMs: atMs, acknowledgedBy: by } : {};
  return { ...found, ...acknowledged, closed: { atMs, by } };
}

/** An alarm with one more finding: later findings add to earlier ones. */
export function withFinding<A extends Alarm>(known: A, finding: Finding): A {
  const earlier = known.findings ?? (known.finding === undefined ? [] : [known.finding]);
  return { ...known, finding, findings: [...earlier, finding] };
}

/** An alarm with one more transition, and the state that follows. */
export function withTransition<A extends Omit<Alarm, 'state'>>(
  alarm: A,
  atMs: number,
  by: string | null,
  action: string,
  note: string | null,
): A & { state: AlarmState } {
  return withState(alarm, atMs, transition(atMs, by, action, note));
}

function without<A extends Alarm>(alarm: A, name: 'shelved' | 'outOfService' | 'closed'): A {
  const { [name]: _removed, ...rest } = alarm;
  return rest as unknown as A;
}

function transition(
  atMs: number,
  by: string | null,
  action: string,
  note: string | null,
  requestId?: string,
): AlarmTransition {
  return { atMs, by, action, note, ...(requestId === undefined ? {} : { requestId }) };
}

function noteOf(action: AlarmAction): string | null {
  switch (action.action) {
    case 'acknowledge':
      return action.comment ?? null;
    case 'assign':
      return action.to;
    case 'comment':
      return action.text;
    case 'close':
      return [action.finding, action.comment].filter((t) => t !== undefined).join(': ');
    case 'unshelve':
    case 'return_to_service':
      return null;
    default:
      return action.reason;
  }
}

function withState<A extends Omit<Alarm, 'state'>>(alarm: A, atMs: number, entry: AlarmTransition | null) {
  const history = entry === null ? alarm.history : [...(alarm.history ?? []), entry].slice(-MAX_TRANSITIONS);
  return { ...alarm, ...(history === undefined ? {} : { history }), state: stateAt(alarm, atMs) } as A & {
    state: AlarmState;
  };
}
