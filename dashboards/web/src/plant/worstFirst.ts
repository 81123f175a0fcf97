import type { MachineView } from '#models/contracts/api.ts';
import { STATUS_ORDER } from '../format.ts';

/** Much faster than `localeCompare` where 500 names are sorted. */
export const byName = new Intl.Collator(undefined, { numeric: true }).compare;

/** Machines that are not watched come first, because their state is unknown. */
const rankOf = ({ watch, health }: MachineView): number =>
  watch.state === 'watched' ? 1 + STATUS_ORDER.indexOf(health.status) : 0;

export const worstOf = (machines: readonly MachineView[]): number => Math.min(...machines.map(rankOf));

/** Normal machines are ordered by name: their index fluctuates, and a card must not move while it is being tapped. */
export function worstFirst(a: MachineView, b: MachineView): number {
  const byIndex = a.health.status === 'NORMAL' ? 0 : (b.health.index ?? 0) - (a.health.index ?? 0);
  return rankOf(a) - rankOf(b) || byIndex || byName(a.health.asset, b.health.asset);
}
