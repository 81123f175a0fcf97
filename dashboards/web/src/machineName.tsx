import type { MachineView } from '#models/contracts/api.ts';

/** What people call a machine, and its name in topics and tables where that is another. */
export function MachineName({ health: { asset, displayName } }: { health: MachineView['health'] }) {
  if (displayName === undefined || displayName === asset) return <>{asset}</>;
  return (
    <>
      {displayName} <small class="quiet">{asset}</small>
    </>
  );
}
