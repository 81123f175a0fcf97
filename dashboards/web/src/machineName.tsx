import type { MachineView } from '#models/contracts/api.ts';

/** The display name of a machine, and its id if that differs. */
export function MachineName({ health: { asset, displayName } }: { health: MachineView['health'] }) {
  if (displayName === undefined || displayName === asset) return <>{asset}</>;
  return (
    <>
      {displayName} <small class="quiet">{asset}</small>
    </>
  );
}
