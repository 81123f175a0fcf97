import { useSignal } from '@preact/signals';
import type { AuditVerification } from '#models/contracts/audit.ts';
import { api } from '../api.ts';
import { time } from '../format.ts';
import { t } from '../i18n/i18n.ts';

/** Checks the whole log on request, and shows the head to note for a later comparison. */
export function AuditCheckLine() {
  const outcome = useSignal<AuditVerification | null>(null);
  const problem = useSignal<string | null>(null);
  const isRunning = useSignal(false);
  const run = async () => {
    isRunning.value = true;
    try {
      [outcome.value, problem.value] = [await api.verifyAudit(), null];
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
    isRunning.value = false;
  };
  return (
    <div class="verification">
      <button type="button" disabled={isRunning.value} onClick={() => void run()}>
        {t('Verify the log')}
      </button>{' '}
      <span role="status">{isRunning.value ? t('Verifying …') : ''}</span>
      {problem.value && <p role="alert">{problem.value}</p>}
      {outcome.value && !isRunning.value && <Outcome outcome={outcome.value} />}
    </div>
  );
}

function Outcome({ outcome: { entries, faultCount, faults, head, atMs } }: { outcome: AuditVerification }) {
  if (faultCount > 0)
    return (
      <div role="alert">
        {t('{{count}} faults in {{entries}} entries:', { count: faultCount, entries })}
        <ul>
          {faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      </div>
    );
  return (
    <p role="status">
      <span class="NORMAL">
        <span class="status">✓ {t('{{count}} entries, unchanged', { count: entries })}</span>
      </span>
      , {time(atMs)}.{' '}
      <span class="quiet">
        {t('Head, to be noted elsewhere for')} <code>audit verify --head</code>:{' '}
        <code class="hash">
          {head.sequence}:{head.hash}
        </code>
      </span>
    </p>
  );
}
