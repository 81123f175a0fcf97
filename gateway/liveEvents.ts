import type { KeptMessage } from '#models/contracts/message.ts';
import type { Events } from './api/events.ts';
import type { TakeResult } from './store/store.ts';

type Body<K extends KeptMessage['kind']> = Extract<KeptMessage, { kind: K }>['body'];

export function bodiesOf<K extends KeptMessage['kind']>(messages: readonly KeptMessage[], kind: K): Body<K>[] {
  return messages.flatMap((m) => (m.kind === kind ? [m.body as Body<K>] : []));
}

/** Publishes the changes of a transaction to all listening pages. */
export function publishChanges(committed: TakeResult, events: Events): void {
  for (const alert of committed.alerts) events.send({ type: 'alert', alert });
  for (const message of committed.fresh) sendMessage(message, events);
}

function sendMessage(message: KeptMessage, events: Events): void {
  if (message.kind === 'health') events.send({ type: 'health', health: message.body });
  // Values that a device stored earlier do not describe the machine's present state.
  if (message.kind !== 'features' || message.body.historical) return;
  const { site, edge, asset, point, timeMs, names, values } = message.body;
  const newest = values[values.length - 1];
  const byName = Object.fromEntries(names.map((name, i) => [name, newest[i]]));
  events.send({ type: 'features', site, edge, asset, point, timeMs, values: byName });
}
