import { type Signal, useSignal } from '@preact/signals';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { MachineView } from '#models/contracts/api.ts';
import type { Namur } from '#models/contracts/health.ts';
import { drawnOnChange } from '../drawnOnChange.tsx';
import { alertsOf, keyOf } from '../state.ts';
import { descriptionOf, isNewSince, MachineCard } from './machineCard.tsx';
import { mapOf, type Place } from './mapOf.ts';
import { worstFirst } from './worstFirst.ts';

/** Marks that can be told apart without colour. */
const MARKS: Record<Namur, string> = {
  FAILURE: '✕',
  MAINTENANCE_REQUIRED: '!',
  OFF_SPEC: '△',
  CHECK_FUNCTION: '?',
  NORMAL: '✓',
};

interface MapProps {
  machines: MachineView[];
  lastVisitMs: number;
}

/** A schematic map: sites, areas and lines as boxes around their machines; the focused machine has its card above. */
export function PlantMap({ machines, lastVisitMs }: MapProps) {
  const focused = useSignal<string | null>(null);
  const whole = mapOf(machines);
  return (
    <>
      <FocusedCard
        focused={focused}
        first={machines.toSorted(worstFirst).at(0)}
        machines={machines}
        lastVisitMs={lastVisitMs}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys move between the links inside, which stay in the tab order */}
      <div class="map" onKeyDown={moveFocus}>
        <Inside {...whole} lastVisitMs={lastVisitMs} focused={focused} />
      </div>
    </>
  );
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Arrow keys move between machines, Home to the worst, End to the last. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const links = [...event.currentTarget.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  const step = STEPS[event.key];
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? links.length - 1 : step === undefined ? -1 : at + step;
  if (at < 0 || to < 0 || to >= links.length) return;
  event.preventDefault();
  links[to].focus();
}

interface FocusedProps extends MapProps {
  focused: Signal<string | null>;
}

interface CardProps extends FocusedProps {
  first: MachineView | undefined;
}

/** The card of the machine under the pointer or the keyboard's focus; of the worst one at first. */
function FocusedCard({ machines, first, lastVisitMs, focused }: CardProps) {
  const machine = machines.find(({ health }) => keyOf(health) === focused.value) ?? first;
  if (machine === undefined) return null;
  return (
    <ul class="machines focused">
      <MachineCard machine={machine} alerts={alertsOf(keyOf(machine.health))} lastVisitMs={lastVisitMs} />
    </ul>
  );
}

interface InsideProps extends FocusedProps {
  places: Place[];
}

function Inside({ places, machines, ...rest }: InsideProps) {
  return (
    <>
      {machines.length > 0 && (
        <ul>
          {machines.map((machine) => (
            <Spot key={keyOf(machine.health)} machine={machine} alerts={alertsOf(keyOf(machine.health))} {...rest} />
          ))}
        </ul>
      )}
      {places.map((place) => (
        <section key={place.name} class="place" aria-label={place.name} style={{ flexGrow: place.count }}>
          <h3>
            {place.name} <small class="quiet">{place.count}</small>
          </h3>
          <div class="inside">
            <Inside {...rest} places={place.places} machines={place.machines} />
          </div>
        </section>
      ))}
    </>
  );
}

interface SpotProps extends Omit<FocusedProps, 'machines'> {
  machine: MachineView;
  alerts: readonly AlertRecord[];
}

const Spot = drawnOnChange(({ machine, alerts: own, lastVisitMs, focused }: SpotProps) => {
  const { health, watch } = machine;
  const key = keyOf(health);
  const isWatched = watch.state === 'watched';
  const show = () => (focused.value = key);
  return (
    <li>
      <a
        class={`spot ${isWatched ? health.status : 'unwatched'}`}
        href={`#/machine/${key}`}
        onFocus={show}
        onPointerEnter={show}
      >
        <span aria-hidden="true">{isWatched ? MARKS[health.status] : '–'}</span>{' '}
        <bdi>{health.displayName ?? health.asset}</bdi>
        {isNewSince(own, lastVisitMs) && <span aria-hidden="true"> ●</span>}
        <span class="unseen">: {descriptionOf(machine, own, lastVisitMs)}</span>
      </a>
    </li>
  );
});
