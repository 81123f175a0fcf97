import type { Order } from '#models/contracts/command.ts';
import type { MachineModels } from '#models/contracts/models.ts';
import type { Rollout } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';

/** What is to be told to whom. */
export interface RolloutOrder {
  target: number;
  order: Order;
}

/** An order that brought no answer is sent again, and one that was not obeyed yet, too. */
const AGAIN_MS = 30_000;
/** A model is fetched and tried meanwhile. */
const UNANSWERED_MS = 120_000;
/** Refusals that begin so are no fault of the model: the machine has not run enough, or the edge is busy. */
export const NOT_YET = 'not yet: ';

/**
 * The next step of a roll-out, from what the edges say of themselves. It never goes on while a target is away, and goes
 * back everywhere as soon as one of them took it back or refused it. Pure.
 */
export function stepRollout(
  rollout: Rollout,
  edges: readonly StatusMessage[],
  nowMs: number,
): { rollout: Rollout; orders: RolloutOrder[] } {
  if (rollout.stage === 'done' || rollout.stage === 'rolled_back') return { rollout, orders: [] };
  const seen = rollout.targets.map((target) => lookAt(rollout, target, edges));
  const why = rollout.stage === 'rolling_back' ? undefined : seen.find((s) => s.bad)?.bad;
  const told = {
    ...rollout,
    targets: rollout.targets.map((t, i) => ({
      ...t,
      startedMs: seen[i].startedMs ?? t.startedMs,
      order: t.order && isLost(t, seen[i]) ? { ...t.order, sentMs: 0 } : t.order,
      said: seen[i].said ?? t.said,
      undoneMs: t.order ? t.undoneMs : (seen[i].machine?.undone?.timeMs ?? null),
    })),
  };
  const next = advance(why === undefined ? told : { ...told, stage: 'rolling_back', why, stageMs: nowMs }, seen, nowMs);
  const orders = seen.flatMap((one, target): RolloutOrder[] => {
    const order = one.online ? wanted(next, target, one) : null;
    return order && due(next.targets[target], one, order, nowMs) ? [{ target, order }] : [];
  });
  // An edge hears one order at a time: its status holds the answer to the last one only.
  const waited = next.targets.filter(
    ({ order }, i) => order && !seen[i].answered && nowMs - order.sentMs < UNANSWERED_MS,
  );
  const busy = new Set<string>(waited.map(({ site, edge }) => `${site}/${edge}`));
  const each = orders.filter(({ target }) => {
    const { site, edge } = next.targets[target];
    const key = `${site}/${edge}`;
    return !busy.has(key) && busy.add(key);
  });
  return { rollout: next, orders: each };
}

/** The same with an order noted as sent. */
export function noteSent(rollout: Rollout, target: number, id: string, order: Order, sentMs: number): Rollout {
  const sent = { id, what: kindOf(order), sentMs };
  const targets = rollout.targets.map((t, i) => (i === target ? { ...t, order: sent } : t));
  return { ...rollout, targets };
}

function kindOf(order: Order): string {
  return order.what === 'model' ? `model ${order.stage}` : order.what;
}

/** An order that was sent to a process that is gone. */
function isLost({ startedMs }: Rollout['targets'][number], seen: Seen): boolean {
  return !seen.answered && seen.startedMs !== undefined && startedMs !== undefined && seen.startedMs !== startedMs;
}

interface Seen {
  startedMs: number | undefined;
  online: boolean;
  machine: MachineModels | undefined;
  /** Why the model must go back. */
  bad: string | undefined;
  /** Whether its last order was answered, and how. */
  answered: boolean;
  said: string | undefined;
}

function lookAt(rollout: Rollout, target: Rollout['targets'][number], edges: readonly StatusMessage[]): Seen {
  const status = edges.find((e) => e.site === target.site && e.edge === target.edge);
  const machine = status?.models?.find((m) => m.asset === target.asset);
  const last = status?.lastCommand;
  const answered = target.order !== undefined && last?.id === target.order.id;
  const place = `${target.site}/${target.edge}/${target.asset}`;
  const refused = answered && last?.outcome === 'refused' && !last.detail.startsWith(NOT_YET);
  // By its own clock, which may be another than ours: what counts is that it is another time than before.
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

/** The next stage, where all that this one asks for is there. */
function advance(rollout: Rollout, seen: readonly Seen[], nowMs: number): Rollout {
  const { model, rows, canaries, stage } = rollout;
  const to = (next: Rollout['stage']): Rollout => ({ ...rollout, stage: next, stageMs: nowMs });
  const judged = (s: Seen) => s.machine?.active?.id === model && s.machine.active.rows >= rows;
  const shadowed = (s: Seen) => judged(s) || (s.machine?.candidate?.id === model && s.machine.candidate.rows >= rows);
  switch (stage) {
    case 'shadow':
      return seen.every((s) => s.online && shadowed(s)) ? to('canary') : rollout;
    case 'canary':
      return seen.slice(0, canaries).every((s) => s.online && judged(s)) ? to('everywhere') : rollout;
    case 'everywhere':
      return seen.every((s) => judged(s)) ? to('done') : rollout;
    case 'rolling_back':
      return seen.every((s, i) => !rollout.targets[i].order || (s.online && !has(s.machine, model)))
        ? to('rolled_back')
        : rollout;
    default:
      return rollout;
  }
}

function has(machine: MachineModels | undefined, model: string): boolean {
  return machine?.active?.id === model || machine?.candidate?.id === model;
}

/** What a target has to be told for the stage; null where it is as it should be. */
function wanted({ stage, model, canaries, targets, why }: Rollout, target: number, { machine }: Seen): Order | null {
  const { asset } = targets[target];
  if (stage === 'done' || stage === 'rolled_back') return null;
  if (stage === 'rolling_back') {
    // Not of a model that the machine had before.
    if (!has(machine, model) || !targets[target].order) return null;
    return { what: 'rollback', asset, id: model, why: why?.slice(0, 300) };
  }
  const live = stage === 'everywhere' || (stage === 'canary' && target < canaries);
  if (live) return machine?.active?.id === model ? null : { what: 'model', asset, id: model, stage: 'live' };
  return has(machine, model) ? null : { what: 'model', asset, id: model, stage: 'shadow' };
}

/** Whether it may be sent now: nothing was sent, or it brought nothing for a while. */
function due({ order: last }: Rollout['targets'][number], { answered }: Seen, order: Order, nowMs: number): boolean {
  if (!last) return true;
  if (!answered) return nowMs - last.sentMs >= UNANSWERED_MS;
  // An order that was answered is followed by another one at once, by the same one only after a while.
  return last.what !== kindOf(order) || nowMs - last.sentMs >= AGAIN_MS;
}
