import type { MachineView } from '#models/contracts/api.ts';
import { machineOf } from './state.ts';

/** The display name of a machine, and its id if that differs. */
export function MachineName({ health: { asset, displayName } }: { health: MachineView['health'] }) {
  if (displayName === undefined || displayName === asset) return <>{asset}</>;
  return (
    <>
      <bdi>{displayName}</bdi> <small class="quiet">{asset}</small>
    </>
  );
}

/** The name of a machine; its id if it has not reported. */
export function NameOf(machine: { site: string; edge: string; asset: string }) {
  const known = machineOf(machine);
  if (known === undefined) return <>{machine.asset}</>;
  return <MachineName health={known.health} />;
}
