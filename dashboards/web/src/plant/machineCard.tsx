import type { AlertRecord } from '#models/contracts/alert.ts';
import type { MachineView } from '#models/contracts/api.ts';
import { alertWords } from '../alerts/alertTitle.ts';
import { drawnOnChange } from '../drawnOnChange.tsx';
import { statusText, time, velocity } from '../format.ts';
import { sentence, t, term } from '../i18n/i18n.ts';
import { MachineName } from '../machineName.tsx';
import { keyOf } from '../state.ts';
import { Sparkline } from './sparkline.tsx';

interface CardProps {
  machine: MachineView;
  /** The machine's alerts, newest first. */
  alerts: readonly AlertRecord[];
  lastVisitMs: number;
}

/** A machine's fault, its age, severity, owner and next step. */
export const MachineCard = drawnOnChange(({ machine, alerts, lastVisitMs }: CardProps) => {
  const { health, watch } = machine;
  if (watch.state === 'not_watched') return <UnwatchedCard health={health} watch={watch} />;
  const worst = worstOf(alerts);
  return (
    <li class={`machine ${health.status}`}>
      <a href={`#/machine/${keyOf(health)}`}>
        <strong>
          <MachineName health={health} />
        </strong>
        <span class="quiet">{term(health.kind)}</span>
        <span class="status">{statusText(health)}</span>
        {worst ? (
          <Trouble alert={worst} machine={machine} more={alerts.length - 1} />
        ) : (
          <span class="quiet">{levelText(health)}</span>
        )}
        {isNewSince(alerts, lastVisitMs) && <span class="badge">{t('New since your last visit')}</span>}
        <Sparkline health={health} />
      </a>
    </li>
  );
});

const worstOf = (alerts: readonly AlertRecord[]) => alerts.find((a) => a.severity === 'critical') ?? alerts.at(0);

export const isNewSince = (alerts: readonly AlertRecord[], lastVisitMs: number): boolean =>
  lastVisitMs > 0 && alerts.some((a) => a.raisedAtMs > lastVisitMs);

/** A one-sentence summary of the card. */
export function descriptionOf(machine: MachineView, alerts: readonly AlertRecord[], lastVisitMs: number): string {
  const { health, watch } = machine;
  if (watch.state === 'not_watched') return `${t('Not watched')}, ${unwatchedText(watch)}`;
  const worst = worstOf(alerts);
  const detail = worst ? `${alertWords(worst, machine)}, ${careText(worst, alerts.length - 1)}` : levelText(health);
  const isNew = isNewSince(alerts, lastVisitMs) ? ` · ${t('New since your last visit')}` : '';
  return `${statusText(health)}, ${detail}${isNew}`;
}

function Trouble({ alert, machine, more }: { alert: AlertRecord; machine: MachineView; more: number }) {
  return (
    <>
      <span class="trouble">{alertWords(alert, machine)}</span>
      <span class="quiet">{careText(alert, more)}</span>
    </>
  );
}

/** The alert's age, its owner, and the next step. */
function careText(alert: AlertRecord, more: number): string {
  const { raisedAtMs, assignedTo } = alert;
  const owner = assignedTo ? t('assigned to {{assignedTo}}', { assignedTo }) : t('unassigned');
  const others = more > 0 ? ` · ${t('{{more}} more', { more })}` : '';
  return `${t('since {{time}}', { time: time(raisedAtMs) })} · ${owner} · ${nextStepText(alert)}${others}`;
}

function nextStepText({ state, returnedAtMs, finding }: AlertRecord): string {
  if (state === 'shelved') return t('shelved');
  if (state === 'out_of_service') return t('out of service');
  if (state === 'unacknowledged' || state === 'returned_unacknowledged') return t('waits for acknowledgement');
  return returnedAtMs === null && !finding ? t('waits for a finding') : t('waits to be closed');
}

function levelText({ index, iso, points }: MachineView['health']): string {
  const missing = points.filter((p) => p.assessment === 'not_assessable').length;
  const part =
    missing > 0 ? ` · ${t('{{missing}} of {{count}} points not assessed', { missing, count: points.length })}` : '';
  const level =
    index === undefined
      ? whyNotAssessed(points)
      : t('{{percent}} % of the alert limit', { percent: Math.round(100 * index) }) + part;
  return iso
    ? `${level} · ${t('ISO zone {{zone}}, {{velocity}}', { zone: iso.zone, velocity: velocity(iso.velocityMmPerS) })}`
    : level;
}

function whyNotAssessed(points: MachineView['health']['points']): string {
  const first = points.find((p) => p.assessment === 'not_assessable');
  return first?.assessment === 'not_assessable'
    ? `${sentence(first.reason)} (${sentence(first.remedy)})`
    : t('no data yet');
}

type Unwatched = Extract<MachineView['watch'], { state: 'not_watched' }>;

const UNWATCHED: Record<Unwatched['reason'], string> = {
  edge_offline: t('its edge is disconnected'),
  edge_silent: t('its edge sends no data'),
  machine_silent: t('its edge sends no verdict'),
};

const unwatchedText = ({ sinceMs, reason }: Unwatched): string =>
  `${sinceMs > 0 ? `${t('since {{time}}', { time: time(sinceMs) })}: ` : ''}${UNWATCHED[reason]}`;

/** A machine whose messages do not arrive; its last verdict is out of date. */
function UnwatchedCard({ health, watch }: { health: MachineView['health']; watch: MachineView['watch'] }) {
  if (watch.state === 'watched') return null;
  return (
    <li class="machine unwatched">
      <a href={`#/machine/${keyOf(health)}`}>
        <strong>
          <MachineName health={health} />
        </strong>
        <span class="quiet">{term(health.kind)}</span>
        <span class="status">{t('Not watched')}</span>
        <span class="quiet">{unwatchedText(watch)}</span>
      </a>
    </li>
  );
}
