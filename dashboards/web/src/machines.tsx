import type { MachineView } from '#models/contracts/api.ts';
import { number, STATUS_ORDER, STATUS_WORDS, time } from './format.ts';
import { keyOf } from './state.ts';

/** Every machine, the worst first. */
export function MachineGrid({ machines }: { machines: MachineView[] }) {
  if (machines.length === 0) return <p class="empty">No machine has been heard of yet.</p>;
  const sorted = machines.toSorted(
    (a, b) =>
      Number(a.watch.state === 'watched') - Number(b.watch.state === 'watched') ||
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

const UNWATCHED: Record<Extract<MachineView['watch'], { state: 'not_watched' }>['reason'], string> = {
  edge_offline: 'its edge is disconnected',
  edge_silent: 'its edge sends nothing',
  machine_silent: 'its edge sends no verdict on it',
};

/** A machine whose messages do not arrive: its last verdict is none of now. */
function UnwatchedCard({ health, watch }: { health: MachineView['health']; watch: MachineView['watch'] }) {
  if (watch.state === 'watched') return null;
  return (
    <li class="machine unwatched">
      <a href={`#/machine/${keyOf(health)}`}>
        <strong>{health.asset}</strong>
        <span class="quiet">{health.kind}</span>
        <span class="status">Not watched</span>
        <span class="quiet">
          {watch.sinceMs > 0 ? `since ${time(watch.sinceMs)}: ` : ''}
          {UNWATCHED[watch.reason]}
        </span>
      </a>
    </li>
  );
}

function MachineCard({ machine: { health, watch } }: { machine: MachineView }) {
  const { index, iso } = health;
  if (watch.state === 'not_watched') return <UnwatchedCard health={health} watch={watch} />;
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
