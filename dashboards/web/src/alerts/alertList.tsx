import { useComputed, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { MachineView } from '#models/contracts/api.ts';
import { api } from '../api.ts';
import { duration, isoTime, lifeText, number, percent, time, velocity } from '../format.ts';
import { Explain } from '../help/explain.tsx';
import { isTopic } from '../help/topics.ts';
import { sentence, t, term } from '../i18n/i18n.ts';
import { featureOf, shownOfFeature } from '../machine/features.ts';
import { familyIn, highlighted } from '../machine/highlight.ts';
import { MachineName } from '../machineName.tsx';
import { ReportButtons } from '../report.tsx';
import { mayUse, ownName } from '../session/session.ts';
import { acknowledge, find, keyOf, machineOf, save } from '../state.ts';
import { convert } from '../units.ts';
import { useLoaded } from '../useLoaded.ts';
import { AcknowledgeForm } from './acknowledge.tsx';
import { alertTitle } from './alertTitle.ts';
import { FINDING_WORDS } from './findingWords.ts';
import { LifeCycle } from './lifeCycle.tsx';
import { mostUrgentFirst } from './mostUrgentFirst.ts';
import { OtherLimits } from './otherLimits.tsx';
import { type Selection, SelectionBox } from './selection.tsx';

const STATE_WORDS: Record<AlertRecord['state'], string> = {
  unacknowledged: t('New'),
  acknowledged: t('Acknowledged'),
  returned_unacknowledged: t('Returned, not acknowledged'),
  normal: t('Closed'),
  shelved: t('Shelved'),
  suppressed: t('Suppressed'),
  out_of_service: t('Out of service'),
};

/** As many as anybody works through before reloading the list. */
const FIRST = 50;

/** Alerts, the most urgent first; a long list is shown in steps. */
export function AlertList({ alerts }: { alerts: readonly AlertRecord[] }) {
  const most = useSignal(FIRST);
  if (alerts.length === 0) return <p class="empty">{t('No active alerts.')}</p>;
  return (
    <>
      <ul class="alerts">
        {alerts
          .toSorted(mostUrgentFirst)
          .slice(0, most.value)
          .map((alert) => (
            <AlertItem key={alert.id} alert={alert} />
          ))}
      </ul>
      {alerts.length > most.value && (
        <button type="button" onClick={() => (most.value += FIRST)}>
          {t('Show more')} ({alerts.length - most.value})
        </button>
      )}
    </>
  );
}

/** @param selected adds a check box to the alert's header. */
export function AlertItem({ alert, selected }: { alert: AlertRecord; selected?: Selection }) {
  const isOpen = useSignal(false);
  const part = useRef<HTMLLIElement>(null);
  const { iso } = alert.evidence;
  const machine = useComputed(() => machineOf(alert)).value;
  return (
    <li class={`alert ${alert.severity} ${alert.state}`} data-alert={alert.id} ref={part}>
      <header>
        {selected && <SelectionBox id={alert.id} title={alertTitle(alert, machine)} selected={selected} />}
        <span class="badge">{alert.severity === 'critical' ? t('Critical') : t('Warning')}</span>
        <span class="state">{STATE_WORDS[alert.state]}</span>
        <time dateTime={isoTime(alert.raisedAtMs)}>{time(alert.raisedAtMs)}</time>
      </header>
      <h3>
        <a href={`#/machine/${keyOf(alert)}`}>
          <bdi>{alertTitle(alert, machine)}</bdi>
        </a>
      </h3>
      <dl>
        {machine?.health.displayName !== undefined && (
          <>
            <dt>{t('Machine')}</dt>
            <dd>
              <MachineName health={machine.health} />
            </dd>
          </>
        )}
        <dt>{t('Time left')}</dt>
        <dd>{lifeText(alert.remainingLife)}</dd>
        <dt>
          {t('Level')} <Explain topic="healthIndex" />
        </dt>
        <dd>
          {t('{{index}} × the alert limit{{zone}}', {
            index: number(alert.index),
            zone: iso
              ? `, ${t('ISO zone {{zone}} at {{velocity}}', { zone: iso.zone, velocity: velocity(iso.velocityMmPerS) })}`
              : '',
          })}
        </dd>
      </dl>
      <details class="evidence" onToggle={(e) => (isOpen.value = e.currentTarget.open)}>
        <summary>{t('Evidence')}</summary>
        {isOpen.value && <EvidenceOf alert={alert} machine={machine} part={part} />}
      </details>
      {alert.acknowledgedAtMs === null && mayUse('alerts') && (
        <AcknowledgeForm submit={(by, comment) => void acknowledge(alert.id, by, comment)} />
      )}
      {alert.acknowledgedAtMs !== null && (
        <p class="quiet">
          {t('Acknowledged by {{acknowledgedBy}}, {{acknowledgedAtMs}}{{comment}}', {
            acknowledgedBy: alert.acknowledgedBy,
            acknowledgedAtMs: time(alert.acknowledgedAtMs),
            comment: alert.comment ? `: ${alert.comment}` : '',
          })}
        </p>
      )}
      {alert.acknowledgedAtMs !== null && <FindingLine alert={alert} />}
      <LifeCycle alert={alert} />
    </li>
  );
}

interface EvidenceProps {
  alert: AlertRecord;
  machine: MachineView | undefined;
  /** The element that a report of the alert contains. */
  part: RefObject<HTMLElement | null>;
}

/** Why an alert was raised; rendered on demand, because a list may hold hundreds of alerts. */
function EvidenceOf({ alert, machine, part }: EvidenceProps) {
  const { diagnosis, contributions, iso } = alert.evidence;
  const unit = machine?.units[alert.point];
  return (
    <>
      <ul>
        {diagnosis.reasons.map((reason) => (
          <li key={reason}>
            {sentence(reason)} <LinesOf reason={reason} alert={alert} />
          </li>
        ))}
      </ul>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('Feature')}</th>
            <th scope="col">{t('Now')}</th>
            <th scope="col">{t('Normal')}</th>
            <th scope="col">{t('Unit')}</th>
          </tr>
        </thead>
        <tbody>
          {contributions.map((c) => {
            const shown = shownOfFeature(c.feature, unit);
            return (
              <tr key={c.feature}>
                <th scope="row">
                  {featureOf(c.feature).label} {isTopic(c.feature) && <Explain topic={c.feature} />}
                </th>
                <td>{number(convert(shown, c.value))}</td>
                <td>{number(convert(shown, c.normal))}</td>
                <td>{shown.text}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {iso && <p class="quiet">{iso.edition}</p>}
      <RuleRecordLine alert={alert} />
      {alert.audience !== 'integrator' && <OtherLimits alert={alert} />}
      <ReportButtons of={part} name={alertTitle(alert, machine)} />
      <BundleButton id={alert.id} />
    </>
  );
}

/** Saves the evidence of an alert if the gateway has any: wiring faults and silent sensors have none. */
function BundleButton({ id }: { id: string }) {
  const { value, error } = useLoaded(() => api.alert(id), [id]);
  if (error.value) return <p role="alert">{error.value}</p>;
  if (!value.value?.hasBundle) return null;
  return (
    <p>
      <button type="button" onClick={() => void save(`/api/v1/alerts/${encodeURIComponent(id)}/bundle`, 'alert.tar')}>
        {t('Save the evidence bundle for replay (tar)')}
      </button>
    </p>
  );
}

/** Highlights the lines that a sentence describes in the spectra of the alert's recording. */
function LinesOf({ reason, alert }: { reason: string; alert: AlertRecord }) {
  const family = familyIn(reason);
  if (family === null) return null;
  const isShown = highlighted.value === family;
  const show = () => {
    highlighted.value = isShown ? null : family;
    location.hash = `#/machine/${keyOf(alert)}`;
    if (!isShown) requestAnimationFrame(() => document.getElementById('recordings-title')?.scrollIntoView());
  };
  return (
    <button type="button" class="export" aria-pressed={isShown} onClick={show}>
      {t('Show {{family}} in the spectrum', { family })}
    </button>
  );
}

/** Precision and lead time of earlier alerts of the same rule. */
function RuleRecordLine({ alert: { id, finding } }: { alert: AlertRecord }) {
  const { value, error } = useLoaded(() => api.trackRecord(id), [id, finding?.atMs]);
  if (error.value) return <p role="alert">{error.value}</p>;
  if (value.value === null) return <p role="status">{t('Loading …')}</p>;
  const { rule, trackRecord } = value.value;
  if (trackRecord === null)
    return <p class="quiet">{t('No alert of the rule “{{rule}}” has a finding yet.', { rule })}</p>;
  const { precision, leadTimeH } = trackRecord;
  const early =
    leadTimeH === null
      ? ''
      : `; ${t('found {{duration}} after the alert (median)', { duration: duration(leadTimeH * 3600) })}`;
  return (
    <p class="quiet">
      {t(
        'Of {{count}} earlier alerts of the rule “{{rule}}” with a finding {{right}} were right: {{share}} (95 %: {{low}} to {{high}}){{early}}.',
        {
          count: precision.of,
          rule,
          right: precision.count,
          share: percent(precision.share ?? 0),
          low: percent(precision.low ?? 0),
          high: percent(precision.high ?? 1),
          early,
        },
      )}
    </p>
  );
}

/** The finding at the machine, which is used to retrain and evaluate models. */
function FindingLine({ alert }: { alert: AlertRecord }) {
  const { id, finding } = alert;
  if (finding)
    return (
      <p class="quiet">
        {t('{{found}} by {{by}}, {{atMs}}{{details}}', {
          found: FINDING_WORDS[finding.finding],
          by: finding.by,
          atMs: time(finding.atMs),
          details: [
            finding.failureMode && term(finding.failureMode),
            finding.part,
            finding.damage && term(finding.damage),
          ]
            .filter(Boolean)
            .join(', '),
        })}
      </p>
    );
  if (!mayUse('alerts')) return null;
  const by = ownName() || (alert.acknowledgedBy ?? 'the page');
  return (
    <p class="finding">
      {t('At the machine:')}{' '}
      <button type="button" onClick={() => void find(id, by, 'confirmed')}>
        {t('Confirmed')}
      </button>{' '}
      <button type="button" onClick={() => void find(id, by, 'false_alarm')}>
        {t('False alarm')}
      </button>
    </p>
  );
}
