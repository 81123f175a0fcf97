import type { MachineView } from '#models/contracts/api.ts';
import { number, STATUS_ORDER, STATUS_WORDS } from './format.ts';
import { keyOf } from './state.ts';

/** Every machine, the worst first. */
export function MachineGrid({ machines }: { machines: MachineView[] }) {
  if (machines.length === 0) return <p class="empty">No machine has been heard of yet.</p>;
  const sorted = machines.toSorted(
    (a, b) =>
      STATUS_ORDER.indexOf(a.health.status) - STATUS_ORDER.indexOf(b.health.status) ||
      a.health.asset.localeCompare(b.health.asset),
  );
  return (
    <ul class="machines">
      {sorted.map((machine) => (
        <MachineCard key={keyOf(machine.health)} machine={machine} />
      ))}
    </ul>
  );
}

function MachineCard({ machine: { health } }: { machine: MachineView }) {
  const { index, iso } = health;
  return (
    <li class={`machine ${health.status}`}>
      <a href={`#/machine/${keyOf(health)}`}>
        <strong>{health.asset}</strong>
        <span class="quiet">{health.kind}</span>
        <span class="status">{STATUS_WORDS[health.status]}</span>
        <span class="quiet">
          {index === undefined ? why(health.points) : `${number(index)} × alert limit`}
          {iso ? ` · ISO zone ${iso.zone}` : ''}
        </span>
        <meter
          min={0}
          max={2}
          high={1}
          optimum={0}
          value={Math.min(2, index ?? 0)}
          aria-label={`health index of ${health.asset}`}
        />
      </a>
    </li>
  );
}

function why(points: MachineView['health']['points']): string {
  const first = points.find((p) => p.assessment === 'not_assessable');
  return first?.assessment === 'not_assessable' ? `${first.reason} (${first.remedy})` : 'no data yet';
}
