import { useSignal } from '@preact/signals';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { api } from '../api.ts';
import { duration, isoTime, lifeText, number, percent, time } from '../format.ts';
import { featureOf, unitOfFeature } from '../machine/features.ts';
import { mayUse, ownName } from '../session/session.ts';
import { acknowledge, find, keyOf, machines, save } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { AcknowledgeForm } from './acknowledge.tsx';
import { LifeCycle } from './lifeCycle.tsx';
import { mostUrgentFirst } from './mostUrgentFirst.ts';

const STATE_WORDS: Record<AlertRecord['state'], string> = {
  unacknowledged: 'New',
  acknowledged: 'Acknowledged',
  returned_unacknowledged: 'Returned, not acknowledged',
  normal: 'Closed',
  shelved: 'Shelved',
  suppressed: 'Suppressed',
  out_of_service: 'Out of service',
};

export function AlertList({ alerts }: { alerts: AlertRecord[] }) {
  if (alerts.length === 0) return <p class="empty">No active alerts.</p>;
  return (
    <ul class="alerts">
      {alerts.toSorted(mostUrgentFirst).map((alert) => (
        <AlertItem key={alert.id} alert={alert} />
      ))}
    </ul>
  );
}

export function AlertItem({ alert }: { alert: AlertRecord }) {
  const isOpen = useSignal(false);
  const { diagnosis, contributions, iso } = alert.evidence;
  const machine = machines.value.find(({ health }) => keyOf(health) === keyOf(alert));
  const unit = machine?.units[alert.point];
  return (
    <li class={`alert ${alert.severity} ${alert.state}`} data-alert={alert.id}>
      <header>
        <span class="badge">{alert.severity === 'critical' ? 'Critical' : 'Warning'}</span>
        <span class="state">{STATE_WORDS[alert.state]}</span>
        <time dateTime={isoTime(alert.raisedAtMs)}>{time(alert.raisedAtMs)}</time>
      </header>
      <h3>
        <a href={`#/machine/${keyOf(alert)}`}>{alert.text}</a>
      </h3>
      <dl>
        {machine?.health.displayName !== undefined && (
          <>
            <dt>Machine</dt>
            <dd>{machine.health.displayName}</dd>
          </>
        )}
        <dt>Time left</dt>
        <dd>{lifeText(alert.remainingLife)}</dd>
        <dt>Level</dt>
        <dd>
          {number(alert.index)} × the alert limit
          {iso ? `, ISO zone ${iso.zone} at ${number(iso.velocityMmPerS)} mm/s` : ''}
        </dd>
      </dl>
      <details onToggle={(e) => (isOpen.value = e.currentTarget.open)}>
        <summary>Evidence</summary>
        <ul>
          {diagnosis.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
        <table>
          <thead>
            <tr>
              <th scope="col">Feature</th>
              <th scope="col">Now</th>
              <th scope="col">Normal</th>
              <th scope="col">Unit</th>
            </tr>
          </thead>
          <tbody>
            {contributions.map((c) => (
              <tr key={c.feature}>
                <th scope="row">{featureOf(c.feature).label}</th>
                <td>{number(c.value)}</td>
                <td>{number(c.normal)}</td>
                <td>{unitOfFeature(c.feature, unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {iso && <p class="quiet">{iso.edition}</p>}
        {isOpen.value && <RuleRecordLine alert={alert} />}
        <p>
          <button
            type="button"
            onClick={() => void save(`/api/v1/alerts/${encodeURIComponent(alert.id)}/bundle`, 'alert.tar')}
          >
            Save the evidence bundle for replay (tar)
          </button>
        </p>
      </details>
      {alert.acknowledgedAtMs === null && mayUse('alerts') && (
        <AcknowledgeForm submit={(by, comment) => void acknowledge(alert.id, by, comment)} />
      )}
      {alert.acknowledgedAtMs !== null && (
        <p class="quiet">
          Acknowledged by {alert.acknowledgedBy}, {time(alert.acknowledgedAtMs)}
          {alert.comment ? `: ${alert.comment}` : ''}
        </p>
      )}
      {alert.acknowledgedAtMs !== null && <FindingLine alert={alert} />}
      <LifeCycle alert={alert} />
    </li>
  );
}

/** Precision and lead time of earlier alerts of the same rule. */
function RuleRecordLine({ alert: { id, finding } }: { alert: AlertRecord }) {
  const { value, error } = useLoaded(() => api.trackRecord(id), [id, finding?.atMs]);
  if (error.value) return <p role="alert">{error.value}</p>;
  if (value.value === null) return <p role="status">Loading …</p>;
  const { rule, trackRecord } = value.value;
  if (trackRecord === null) return <p class="quiet">No alert of the rule “{rule}” has a finding yet.</p>;
  const { precision, leadTimeH } = trackRecord;
  const early = leadTimeH === null ? '' : `; found ${duration(leadTimeH * 3600)} after the alert (median)`;
  return (
    <p class="quiet">
      Of {precision.of} earlier alerts of the rule “{rule}” with a finding {precision.count} were right:{' '}
      {percent(precision.share ?? 0)} (95 %: {percent(precision.low ?? 0)} to {percent(precision.high ?? 1)}){early}.
    </p>
  );
}

const FOUND = { confirmed: 'Confirmed', false_alarm: 'False alarm', nothing_found: 'Nothing found' };

/** The finding at the machine, which is used to retrain and evaluate models. */
function FindingLine({ alert }: { alert: AlertRecord }) {
  const { id, finding } = alert;
  if (finding)
    return (
      <p class="quiet">
        {FOUND[finding.finding]} by {finding.by}, {time(finding.atMs)}
        {[finding.failureMode?.replaceAll('_', ' '), finding.part, finding.damage].filter(Boolean).join(', ')}
      </p>
    );
  if (!mayUse('alerts')) return null;
  const by = ownName() || (alert.acknowledgedBy ?? 'the page');
  return (
    <p class="finding">
      At the machine:{' '}
      <button type="button" onClick={() => void find(id, by, 'confirmed')}>
        Confirmed
      </button>{' '}
      <button type="button" onClick={() => void find(id, by, 'false_alarm')}>
        False alarm
      </button>
    </p>
  );
}
