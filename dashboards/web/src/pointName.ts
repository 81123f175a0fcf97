import type { MachineView } from '#models/contracts/api.ts';

/** The display name of a point with its id; only the id if it has no other name. Pure. */
export function pointName(health: Pick<MachineView['health'], 'pointNames'> | undefined, point: string): string {
  const names = health?.pointNames ?? {};
  // A point may be called "constructor".
  return Object.hasOwn(names, point) && names[point] !== point ? `${names[point]} (${point})` : point;
}
