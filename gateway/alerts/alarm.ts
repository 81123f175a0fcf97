import type { Alarm, AlarmState, AlertMessage, AlertRecord } from '#models/contracts/alert.ts';

/**
 * What an alert becomes with an edge's message. Pure. `null` stands for an alert that is not known yet; the caller leaves
 * out messages that are older than the last one, by their sequence.
 */
export function applyMessage(known: AlertRecord | null, message: AlertMessage): AlertRecord {
  const returned = message.change === 'return';
  const base = known ?? {
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    comment: null,
    returnedAtMs: null,
    state: 'unacknowledged' as AlarmState,
  };
  return {
    ...base,
    id: message.id,
    site: message.site,
    edge: message.edge,
    asset: message.asset,
    point: message.point,
    severity: message.severity,
    text: returned && known ? known.text : message.text,
    index: message.index,
    raisedAtMs: message.raisedAtMs,
    updatedAtMs: message.timeMs,
    returnedAtMs: returned ? message.timeMs : null,
    evidence: returned && known ? known.evidence : message.evidence,
    remainingLife: message.remainingLife,
    state: stateAfter(base.acknowledgedAtMs !== null, returned),
  };
}

/** What an alert, of a machine or for planners, becomes when a person acknowledges it. The first acknowledgement stands. */
export function acknowledge<A extends Alarm>(known: A, by: string, comment: string | null, atMs: number): A {
  if (known.acknowledgedAtMs !== null) return known;
  return {
    ...known,
    acknowledgedAtMs: atMs,
    acknowledgedBy: by,
    comment,
    state: stateAfter(true, known.returnedAtMs !== null),
  };
}

/** ISA-18.2, figure 2: acknowledgement and return to normal, in either order. */
export function stateAfter(acknowledged: boolean, returned: boolean): AlarmState {
  if (acknowledged) return returned ? 'normal' : 'acknowledged';
  return returned ? 'returned_unacknowledged' : 'unacknowledged';
}
