import type { Order } from '#models/contracts/command.ts';
import type { MachineModels } from '#models/contracts/models.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';

/** An order, and the target that it is for. */
export interface RolloutOrder {
  target: number;
  order: Order;
}

/** An order that was answered but not carried out is repeated after this time. */
const RETRY_MS = 30_000;
/** Time to fetch and try a model before an unanswered order is repeated. */
const ANSWER_TIMEOUT_MS = 120_000;
/** Prefix of refusals that are not the model's fault: the machine has not run enough, or the edge is busy. */
export const NOT_YET = 'not yet: ';

/**
 * The next step of a rollout, from the status of the edges. It never proceeds while a target is offline, and rolls back
 * everywhere as soon as one target rolled the model back or refused it. Pure.
 */
export function stepRollout(
  rollout: Rollout,
  edges: readonly StatusMessage[],
  nowMs: number,
): { rollout: Rollout; orders: RolloutOrder[] } {
  if (rollout.stage === 'done' || rollout.stage === 'rolled_back') return { rollout, orders: [] };
  const statuses = rollout.targets.map((target) => readStatus(rollout, target, edges));
  const why = rollout.stage === 'rolling_back' ? undefined : statuses.find((s) => s.bad)?.bad;
  const updated = {
    ...rollout,
    targets: rollout.targets.map((t, i) => ({
      ...t,
      startedMs: statuses[i].startedMs ?? t.startedMs,
      order: t.order && isLost(t, statuses[i]) ? { ...t.order, sentMs: 0 } : t.order,
      said: statuses[i].said ?? t.said,
      undoneMs: t.order ? t.undoneMs : (statuses[i].machine?.undone?.timeMs ?? null),
    })),
  };
  const next = advance(
    why === undefined ? updated : { ...updated, stage: 'rolling_back', why, stageMs: nowMs },
    statuses,
    nowMs,
  );
  const orders = statuses.flatMap((one, target): RolloutOrder[] => {
    const order = one.online ? requiredOrder(next, target, one) : null;
    return order && isDue(next.targets[target], one, order, nowMs) ? [{ target, order }] : [];
  });
  // One order per edge at a time: its status holds only the latest answer.
  const waited = next.targets.filter(
    ({ order }, i) => order && !statuses[i].answered && nowMs - order.sentMs < ANSWER_TIMEOUT_MS,
  );
  const busy = new Set<string>(waited.map(({ site, edge }) => `${site}/${edge}`));
  const each = orders.filter(({ target }) => {
    const { site, edge } = next.targets[target];
    const key = `${site}/${edge}`;
    return !busy.has(key) && busy.add(key);
  });
  return { rollout: next, orders: each };
}

/** The rollout with an order recorded as sent. */
export function recordSent(rollout: Rollout, target: number, id: string, order: Order, sentMs: number): Rollout {
  const sent = { id, what: kindOf(order), sentMs };
  const targets = rollout.targets.map((t, i) => (i === target ? { ...t, order: sent } : t));
  return { ...rollout, targets };
}

function kindOf(order: Order): string {
  return order.what === 'model' ? `model ${order.stage}` : order.what;
}

/** Whether an order was sent to a process that no longer runs. */
function isLost({ startedMs }: Rollout['targets'][number], status: TargetStatus): boolean {
  return (
    !status.answered && status.startedMs !== undefined && startedMs !== undefined && status.startedMs !== startedMs
  );
}

interface TargetStatus {
  startedMs: number | undefined;
  online: boolean;
  machine: MachineModels | undefined;
  /** Why the model must be rolled back. */
  bad: string | undefined;
  /** Whether its last order was answered, and how. */
  answered: boolean;
  said: string | undefined;
}

function readStatus(
  rollout: Rollout,
  target: Rollout['targets'][number],
  edges: readonly StatusMessage[],
): TargetStatus {
  const status = edges.find((e) => e.site === target.site && e.edge === target.edge);
  const machine = status?.models?.find((m) => m.asset === target.asset);
  const last = status?.lastCommand;
  const answered = target.order !== undefined && last?.id === target.order.id;
  const place = `${target.site}/${target.edge}/${target.asset}`;
  const refused = answered && last?.outcome === 'refused' && !last.detail.startsWith(NOT_YET);
  // By the edge's clock, which may differ from the gateway's: only a change of the time counts.
  const undone =
    target.order !== undefined && machine?.undone?.id === rollout.model && machine.undone.timeMs !== target.undoneMs;
  const bad = undone
    ? `${place}: ${machine.undone?.why}`
    : refused && target.order?.what.startsWith('model')
      ? `${place}: ${last.detail}`
      : undefined;
  return {
    startedMs: status?.startedMs,
    online: status?.online ?? false,
    machine,
    bad,
    answered,
    said: answered ? last?.detail : undefined,
  };
}

/** The next stage, once every target meets the conditions of this one. */
function advance(rollout: Rollout, statuses: readonly TargetStatus[], nowMs: number): Rollout {
  const { model, rows, canaries, stage } = rollout;
  const moveTo = (next: Rollout['stage']): Rollout => ({ ...rollout, stage: next, stageMs: nowMs });
  const judged = (s: TargetStatus) => s.machine?.active?.id === model && s.machine.active.rows >= rows;
  const shadowed = (s: TargetStatus) =>
    judged(s) || (s.machine?.candidate?.id === model && s.machine.candidate.rows >= rows);
  switch (stage) {
    case 'shadow':
      return statuses.every((s) => s.online && shadowed(s)) ? moveTo('canary') : rollout;
    case 'canary':
      return statuses.slice(0, canaries).every((s) => s.online && judged(s)) ? moveTo('everywhere') : rollout;
    case 'everywhere':
      return statuses.every((s) => judged(s)) ? moveTo('done') : rollout;
    case 'rolling_back':
      return statuses.every((s, i) => !rollout.targets[i].order || (s.online && !hasModel(s.machine, model)))
        ? moveTo('rolled_back')
        : rollout;
    default:
      return rollout;
  }
}

function hasModel(machine: MachineModels | undefined, model: string): boolean {
  return machine?.active?.id === model || machine?.candidate?.id === model;
}

/** The order that a target needs for the stage; null if none. */
function requiredOrder(
  { stage, model, canaries, targets, why }: Rollout,
  target: number,
  { machine }: TargetStatus,
): Order | null {
  const { asset } = targets[target];
  if (stage === 'done' || stage === 'rolled_back') return null;
  if (stage === 'rolling_back') {
    // Not for a model that the machine had before.
    if (!hasModel(machine, model) || !targets[target].order) return null;
    return { what: 'rollback', asset, id: model, why: why?.slice(0, 300) };
  }
  const live = stage === 'everywhere' || (stage === 'canary' && target < canaries);
  if (live) return machine?.active?.id === model ? null : { what: 'model', asset, id: model, stage: 'live' };
  return hasModel(machine, model) ? null : { what: 'model', asset, id: model, stage: 'shadow' };
}

/** Whether it may be sent now: none was sent, or the last had no effect for a while. */
function isDue(
  { order: last }: Rollout['targets'][number],
  { answered }: TargetStatus,
  order: Order,
  nowMs: number,
): boolean {
  if (!last) return true;
  if (!answered) return nowMs - last.sentMs >= ANSWER_TIMEOUT_MS;
  // After an answer, a different order may follow at once, the same one only after a while.
  return last.what !== kindOf(order) || nowMs - last.sentMs >= RETRY_MS;
}
