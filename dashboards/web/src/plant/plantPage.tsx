import { useSignal } from '@preact/signals';
import type { MachineView } from '#models/contracts/api.ts';
import { AlertList } from '../alerts/alertList.tsx';
import { inSentence, STATUS_ORDER, STATUS_WORDS, statusText } from '../format.ts';
import { groupBy } from '../groupBy.ts';
import { t, term } from '../i18n/i18n.ts';
import { alerts, alertsOf, keyOf, lastVisitMs, machines } from '../state.ts';
import { WorkOrderList } from '../workOrders.tsx';
import { MachineCard } from './machineCard.tsx';
import { PlantMap } from './plantMap.tsx';
import { byName, worstFirst, worstOf } from './worstFirst.ts';

const MAP = 'millwright.map';

/** The plant's alerts and machines, by site, area and line, worst first. */
export function PlantPage() {
  const search = useSignal('');
  const isMap = useSignal(localStorage.getItem(MAP) === 'true');
  const query = search.value.trim().toLowerCase();
  const shown = machines.value.filter((m) => query === '' || textOf(m).includes(query));
  return (
    <div class="overview">
      <OpenAlerts />
      <section aria-labelledby="machines-title">
        <h2 id="machines-title">{t('Machines ({{count}})', { count: machines.value.length })}</h2>
        <p class="controls">
          <label>
            {t('Search by name, kind, place or status')}
            <input value={search.value} onInput={(e) => (search.value = e.currentTarget.value)} />
          </label>
          <label>
            <input
              type="checkbox"
              checked={isMap.value}
              onChange={(e) => {
                isMap.value = e.currentTarget.checked;
                localStorage.setItem(MAP, String(isMap.value));
              }}
            />{' '}
            {t('As a map')}
          </label>
          <span class="quiet">{summaryOf(machines.value)}</span>
        </p>
        {machines.value.length === 0 && (
          <p class="empty">
            {t('No machine has reported yet.')} <a href="#/setup">{t('Connect the first edge: set-up')}</a>
          </p>
        )}
        {machines.value.length > 0 && shown.length === 0 && <p class="empty">{t('No matching machine.')}</p>}
        {isMap.value ? <PlantMap machines={shown} lastVisitMs={lastVisitMs} /> : <MachinesByPlace machines={shown} />}
      </section>
    </div>
  );
}

/** A component of its own: re-rendered when an alert changes, not with each machine's health. */
function OpenAlerts() {
  return (
    <section aria-labelledby="alerts-title">
      <h2 id="alerts-title">{t('Alerts ({{count}})', { count: alerts.value.length })}</h2>
      <AlertList alerts={alerts.value} />
      <p>
        <a href="#/alerts">{t('All alerts, closed ones as well; maintenance windows and notifications')}</a>
      </p>
      <WorkOrderList />
    </section>
  );
}

function MachinesByPlace({ machines }: { machines: MachineView[] }) {
  const places = [...groupBy(machines, ({ health }) => placeOf(health))].sort(
    ([a, own], [b, others]) => worstOf(own) - worstOf(others) || byName(a, b),
  );
  return (
    <>
      {places.map(([place, own]) => (
        <MachineList key={place} place={places.length > 1 ? place : null} machines={own} />
      ))}
    </>
  );
}

interface ListProps {
  /** Null if there is only one. */
  place: string | null;
  machines: MachineView[];
}

function MachineList({ place, machines }: ListProps) {
  return (
    <>
      {place !== null && <h3>{place}</h3>}
      <ul class="machines">
        {machines.toSorted(worstFirst).map((machine) => {
          const key = keyOf(machine.health);
          return <MachineCard key={key} machine={machine} alerts={alertsOf(key)} lastVisitMs={lastVisitMs} />;
        })}
      </ul>
    </>
  );
}

const statusOf = ({ watch, health }: MachineView): string =>
  watch.state === 'watched' ? statusText(health) : t('Not watched');

/** Site, area and line, as far as configured. */
const placeOf = ({ site, area, line }: MachineView['health']): string =>
  [site, area, line].filter((level) => level !== undefined).join(' / ');

function textOf(machine: MachineView): string {
  const { asset, displayName = '', kind } = machine.health;
  return [asset, displayName, kind, term(kind), placeOf(machine.health), statusOf(machine)].join(' ').toLowerCase();
}

function summaryOf(all: readonly MachineView[]): string {
  const counts = groupBy(all, statusOf);
  return [t('Not watched'), ...STATUS_ORDER.map((s) => STATUS_WORDS[s]), t('Partly assessed')]
    .flatMap((status) => {
      const count = counts.get(status)?.length ?? 0;
      return count > 0 ? [`${count} ${inSentence(status)}`] : [];
    })
    .join(' · ');
}
