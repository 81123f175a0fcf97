import { useSignal } from '@preact/signals';
import { type AlarmAction, type AlertRecord, damageSchema, faultSchema } from '#models/contracts/alert.ts';
import { time } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { act } from '../state.ts';
import { Attachments } from './attachments.tsx';

const HOUR_MS = 3_600_000;
const SHELVE_HOURS = [1, 8, 24, 168];
/** Seven days at most by the gateway's clock, which may be slightly behind this one. */
const CLOCKS_APART_MS = 60_000;

const CLOSE_WORDS = { false_alarm: t('Close: false alarm'), nothing_found: t('Close: nothing found') };

/** The owner of an alert, its history, and the possible next actions. */
export function LifeCycle({ alert }: { alert: AlertRecord }) {
  const isOpen = useSignal(false);
  return (
    <details class="lifecycle" onToggle={(e) => (isOpen.value = e.currentTarget.open)}>
      <summary>
        {alert.assignedTo
          ? t('Assigned to {{assignedTo}}', { assignedTo: alert.assignedTo })
          : mayUse('alerts')
            ? t('Assign, shelve, close')
            : t('History')}
        {alert.shelved
          ? ` · ${t('shelved until {{time}}: {{reason}}', { time: time(alert.shelved.untilMs), reason: alert.shelved.reason })}`
          : ''}
        {alert.outOfService ? ` · ${t('out of service: {{reason}}', { reason: alert.outOfService.reason })}` : ''}
      </summary>
      {mayUse('alerts') && (alert.closed === undefined ? <Actions alert={alert} /> : <Reopen alert={alert} />)}
      {isOpen.value && <Attachments alert={alert} />}
      <ol>
        {(alert.history ?? []).map((entry) => (
          <li key={`${entry.atMs} ${entry.action}`}>
            {time(entry.atMs)} {entry.by ?? t('automatically')}: {term(entry.action)}
            {entry.note ? ` – ${entry.note}` : ''}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Reopens a closed alert, with a reason. */
function Reopen({ alert: { id } }: { alert: AlertRecord }) {
  const reason = useSignal('');
  return (
    <p class="actions">
      <label>
        {t('Reason')}{' '}
        <input maxLength={1000} value={reason.value} onInput={(e) => (reason.value = e.currentTarget.value)} />
      </label>
      <Action
        label={t('Reopen')}
        ready={reason.value.trim() !== ''}
        run={() => void act(id, recordedName(), { action: 'reopen', reason: reason.value.trim() })}
      />
    </p>
  );
}

/** Transitions available to the user. */
function Actions({ alert }: { alert: AlertRecord }) {
  const text = useSignal('');
  const hasText = text.value.trim() !== '';
  const change = (action: AlarmAction) => {
    text.value = '';
    void act(alert.id, recordedName(), action);
  };
  const reason = text.value.trim();
  return (
    <>
      <label>
        {t('Name, comment or reason')}
        <input maxLength={1000} value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
      </label>
      <p class="actions">
        <Action label={t('Comment')} ready={hasText} run={() => change({ action: 'comment', text: reason })} />
        <Action label={t('Assign')} ready={hasText} run={() => change({ action: 'assign', to: reason })} />
        {SHELVE_HOURS.map((hours) => (
          <Action
            key={hours}
            label={t('Shelve {{hours}} h', { hours })}
            ready={hasText}
            run={() => change({ action: 'shelve', untilMs: Date.now() + hours * HOUR_MS - CLOCKS_APART_MS, reason })}
          />
        ))}
        {alert.shelved && <Action label={t('Unshelve')} ready run={() => change({ action: 'unshelve' })} />}
        {alert.outOfService ? (
          <Action label={t('Return to service')} ready run={() => change({ action: 'return_to_service' })} />
        ) : (
          <Action
            label={t('Out of service')}
            ready={hasText}
            run={() => change({ action: 'remove_from_service', reason })}
          />
        )}
        {alert.acknowledgedAtMs !== null && (
          <Action
            label={t('Undo acknowledgement')}
            ready={hasText}
            run={() => change({ action: 'unacknowledge', reason })}
          />
        )}
        {(['false_alarm', 'nothing_found'] as const).map((finding) => (
          <Action
            key={finding}
            label={CLOSE_WORDS[finding]}
            // The reason for a false alarm helps to prevent the next one.
            ready={finding !== 'false_alarm' || hasText}
            run={() => change({ action: 'close', finding, ...(hasText ? { comment: reason } : {}) })}
          />
        ))}
      </p>
      <Confirm
        fault={alert.evidence.diagnosis.fault}
        run={(found) =>
          change({ action: 'close', finding: 'confirmed', ...found, ...(hasText ? { comment: reason } : {}) })
        }
      />
    </>
  );
}

type Found = Pick<Extract<AlarmAction, { action: 'close' }>, 'failureMode' | 'part' | 'damage'>;

/** Closes a confirmed alert with its finding: models learn from it, and planned demand keeps a confirmed part. */
function Confirm({ fault, run }: { fault: string; run: (found: Found) => void }) {
  const failureMode = useSignal(fault);
  const part = useSignal('');
  const damage = useSignal('');
  const confirm = () => {
    const known = damageSchema.safeParse(damage.value);
    run({
      failureMode: failureMode.value,
      ...(part.value.trim() !== '' && { part: part.value.trim() }),
      ...(known.success && { damage: known.data }),
    });
  };
  return (
    <p class="actions">
      <label>
        {t('Fault found')}{' '}
        <select value={failureMode.value} onChange={(e) => (failureMode.value = e.currentTarget.value)}>
          {faultSchema.options.map((name) => (
            <option key={name} value={name}>
              {term(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('Part')} <input maxLength={1000} value={part.value} onInput={(e) => (part.value = e.currentTarget.value)} />
      </label>
      <label>
        {t('Damage')}{' '}
        <select value={damage.value} onChange={(e) => (damage.value = e.currentTarget.value)}>
          <option value="">{t('not specified')}</option>
          {damageSchema.options.map((name) => (
            <option key={name} value={name}>
              {term(name)}
            </option>
          ))}
        </select>
      </label>
      <Action label={t('Close: confirmed')} ready run={confirm} />
    </p>
  );
}

function Action({ label, ready, run }: { label: string; ready: boolean; run: () => void }) {
  return (
    <button type="button" disabled={!ready} onClick={run}>
      {label}
    </button>
  );
}
