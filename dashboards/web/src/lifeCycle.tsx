import { useSignal } from '@preact/signals';
import type { AlarmAction, AlertRecord } from '#models/contracts/alert.ts';
import { time } from './format.ts';
import { mayUse, ownName } from './session/session.ts';
import { act } from './state.ts';

const HOUR_MS = 3_600_000;
const SHELVE_HOURS = [1, 8, 24, 168];
/** Seven days are the most, by the gateway's clock, which may be a little behind this one. */
const CLOCKS_APART_MS = 60_000;

/** Who owns an alert, what was done with it, and what can be done next. */
export function LifeCycle({ alert }: { alert: AlertRecord }) {
  return (
    <details class="lifecycle">
      <summary>
        {alert.assignedTo ? `Assigned to ${alert.assignedTo}` : mayUse('alerts') ? 'Assign, shelve, close' : 'History'}
        {alert.shelved ? ` · shelved until ${time(alert.shelved.untilMs)}: ${alert.shelved.reason}` : ''}
        {alert.outOfService ? ` · out of service: ${alert.outOfService.reason}` : ''}
      </summary>
      {mayUse('alerts') && <Actions alert={alert} />}
      <ol>
        {(alert.history ?? []).map((t) => (
          <li key={`${t.atMs} ${t.action}`}>
            {time(t.atMs)} {t.by ?? 'automatically'}: {t.action.replaceAll('_', ' ')}
            {t.note ? ` – ${t.note}` : ''}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Transitions that a person may make. */
function Actions({ alert }: { alert: AlertRecord }) {
  const text = useSignal('');
  const hasText = text.value.trim() !== '';
  const change = (action: AlarmAction) => {
    text.value = '';
    void act(alert.id, ownName() || 'the page', action);
  };
  const reason = text.value.trim();
  return (
    <>
      <label>
        Name, comment or reason
        <input maxLength={1000} value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
      </label>
      <p class="actions">
        <Action label="Comment" ready={hasText} run={() => change({ action: 'comment', text: reason })} />
        <Action label="Assign" ready={hasText} run={() => change({ action: 'assign', to: reason })} />
        {SHELVE_HOURS.map((hours) => (
          <Action
            key={hours}
            label={`Shelve ${hours} h`}
            ready={hasText}
            run={() => change({ action: 'shelve', untilMs: Date.now() + hours * HOUR_MS - CLOCKS_APART_MS, reason })}
          />
        ))}
        {alert.shelved && <Action label="Unshelve" ready run={() => change({ action: 'unshelve' })} />}
        {alert.outOfService ? (
          <Action label="Return to service" ready run={() => change({ action: 'return_to_service' })} />
        ) : (
          <Action
            label="Out of service"
            ready={hasText}
            run={() => change({ action: 'remove_from_service', reason })}
          />
        )}
        {alert.acknowledgedAtMs !== null && (
          <Action
            label="Undo acknowledgement"
            ready={hasText}
            run={() => change({ action: 'unacknowledge', reason })}
          />
        )}
        {(['confirmed', 'false_alarm', 'nothing_found'] as const).map((finding) => (
          <Action
            key={finding}
            label={`Close: ${finding.replace('_', ' ')}`}
            ready
            run={() => change({ action: 'close', finding, ...(hasText ? { comment: reason } : {}) })}
          />
        ))}
      </p>
    </>
  );
}

function Action({ label, ready, run }: { label: string; ready: boolean; run: () => void }) {
  return (
    <button type="button" disabled={!ready} onClick={run}>
      {label}
    </button>
  );
}
