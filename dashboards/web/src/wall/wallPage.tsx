import { useEffect } from 'preact/hooks';
import { alertTitle } from '../alerts/alertTitle.ts';
import { mostUrgentFirst } from '../alerts/mostUrgentFirst.ts';
import { STATUS_ORDER, STATUS_WORDS, time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { MachineCard } from '../plant/machineCard.tsx';
import { worstFirst } from '../plant/worstFirst.ts';
import { alerts, alertsOf, keyOf, lastVisitMs, machineOf, machines } from '../state.ts';
import { useNowMs } from '../useLoaded.ts';

/** As many as fit on a screen and are legible from some metres away. */
const CARDS = 8;
const ALERTS = 5;
const TURN_MS = 20_000;

/** A display for the control room: no controls, large type, and pages of machines that turn automatically. */
export function WallPage() {
  const nowMs = useNowMs(1000);
  useEffect(keepScreenOn, []);
  const sorted = machines.value.toSorted(worstFirst);
  const pages = Math.max(1, Math.ceil(sorted.length / CARDS));
  const page = Math.floor(nowMs / TURN_MS) % pages;
  const open = alerts.value.toSorted(mostUrgentFirst);
  return (
    <div class="wall">
      <p class="wall-counts">
        {STATUS_ORDER.map((status) => (
          <span key={status} class={`status ${status}`}>
            <strong>{machines.value.filter(isInStatus(status)).length}</strong> {STATUS_WORDS[status]}
          </span>
        ))}
        <span class="status">
          <strong>{machines.value.filter(({ watch }) => watch.state === 'not_watched').length}</strong>{' '}
          {t('Not watched')}
        </span>
        <time>{time(nowMs)}</time>
      </p>
      <ul class="wall-alerts">
        {open.slice(0, ALERTS).map((alert) => (
          <li key={alert.id} class={`alert ${alert.severity}`}>
            <strong class="badge">{alert.severity === 'critical' ? t('Critical') : t('Warning')}</strong>{' '}
            <bdi>{alertTitle(alert, machineOf(alert))}</bdi>
          </li>
        ))}
        {open.length > ALERTS && <li class="quiet">{t('{{more}} more', { more: open.length - ALERTS })}</li>}
        {open.length === 0 && <li class="quiet">{t('No active alerts.')}</li>}
      </ul>
      <ul class="machines">
        {sorted.slice(page * CARDS, (page + 1) * CARDS).map((machine) => {
          const key = keyOf(machine.health);
          return <MachineCard key={key} machine={machine} alerts={alertsOf(key)} lastVisitMs={lastVisitMs} />;
        })}
      </ul>
      <p class="quiet">
        {t('Page {{page}} of {{pages}}, the worst machines first', { page: page + 1, pages })}{' '}
        <a href="#/">{t('Leave the wall display')}</a>
      </p>
    </div>
  );
}

const isInStatus =
  (status: string) =>
  ({ health, watch }: (typeof machines.value)[number]): boolean =>
    watch.state === 'watched' && health.status === status;

/** Keeps the screen on if the browser allows it; otherwise the computer's power settings apply. */
function keepScreenOn(): () => void {
  let lock: Promise<WakeLockSentinel | null> | undefined;
  // Browsers release the lock when the page is hidden.
  const request = () => {
    if (document.visibilityState === 'visible') lock = navigator.wakeLock?.request('screen').catch(() => null);
  };
  request();
  document.addEventListener('visibilitychange', request);
  return () => {
    document.removeEventListener('visibilitychange', request);
    void lock?.then((held) => held?.release());
  };
}
