import type { MachineView } from '#models/contracts/api.ts';
import { machineKey as keyOf } from '#models/contracts/topics.ts';

type Health = MachineView['health'];

/**
 * The machines with their newest health. Pure. A machine without new health stays the same object, so that views
 * re-render only what changed; an unknown machine is appended.
 * @param newest by machine.
 */
export function applyHealth(machines: readonly MachineView[], newest: ReadonlyMap<string, Health>): MachineView[] {
  const unseen = new Map(newest);
  const known = machines.map((machine) => {
    const key = keyOf(machine.health);
    const health = unseen.get(key);
    if (health === undefined) return machine;
    unseen.delete(key);
    return withHealth(machine, health);
  });
  return [...known, ...[...unseen.values()].map(newMachine)];
}

function withHealth(machine: MachineView, health: Health): MachineView {
  const points = [...new Set([...machine.points, ...health.points.map((p) => p.point)])];
  return { ...machine, health, watch: { state: 'watched' }, points };
}

const newMachine = (health: Health): MachineView => ({
  health,
  watch: { state: 'watched' },
  points: health.points.map((p) => p.point),
  waveforms: [],
  units: {},
  activeAlerts: 0,
});
