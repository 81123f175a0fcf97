import { type Signal, useSignal } from '@preact/signals';
import type { AlarmAction, AlertRecord } from '#models/contracts/alert.ts';
import { api } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { recordedName } from '../session/session.ts';

const HOUR_MS = 3_600_000;
const SHELVE_HOURS = 8;
/** The gateway's clock may be slightly behind this one. */
const CLOCKS_APART_MS = 60_000;
/** Requests at a time: enough to hide the network, few enough for the gateway's other users. */
const AT_ONCE = 6;

interface BulkProps {
  selected: Signal<ReadonlySet<string>>;
  shown: readonly AlertRecord[];
}

/** Applies an action to each selected alert and records it per alert; refused alerts stay selected, with the reason. */
export function BulkActions({ selected, shown }: BulkProps) {
  const text = useSignal('');
  const outcome = useSignal<string | null>(null);
  const isRunning = useSignal(false);
  const chosen = shown.filter(({ id }) => selected.value.has(id));
  const reason = text.value.trim();
  const run = async (actionOf: () => AlarmAction) => {
    isRunning.value = true;
    const refused = await runAll(chosen, actionOf());
    const done = chosen.length - refused.size;
    const [why] = refused.values();
    outcome.value =
      why === undefined
        ? t('{{count}} changed', { count: done })
        : t('{{count}} changed, {{refused}} refused: {{why}}', { count: done, refused: refused.size, why });
    selected.value = new Set(refused.keys());
    if (refused.size === 0) text.value = '';
    isRunning.value = false;
  };
  const button = (label: string, isReady: boolean, actionOf: () => AlarmAction) => (
    <button
      key={label}
      type="button"
      disabled={isRunning.value || chosen.length === 0 || !isReady}
      onClick={() => void run(actionOf)}
    >
      {label}
    </button>
  );
  const hasText = reason !== '';
  return (
    <fieldset class="controls bulk" aria-label={t('Actions on the selected alerts')}>
      <legend>{t('{{count}} selected', { count: chosen.length })}</legend>
      <label>
        {t('Name, comment or reason')}{' '}
        <input maxLength={1000} value={text.value} onInput={(e) => (text.value = e.currentTarget.value)} />
      </label>
      {button(t('Acknowledge'), true, () => ({ action: 'acknowledge', ...(hasText && { comment: reason }) }))}
      {button(t('Assign'), hasText, () => ({ action: 'assign', to: reason }))}
      {button(t('Shelve {{hours}} h', { hours: SHELVE_HOURS }), hasText, () => ({
        action: 'shelve',
        untilMs: Date.now() + SHELVE_HOURS * HOUR_MS - CLOCKS_APART_MS,
        reason,
      }))}
      {button(t('Close: nothing found'), true, () => ({
        action: 'close',
        finding: 'nothing_found',
        ...(hasText && { comment: reason }),
      }))}
      {button(t('Close: false alarm'), hasText, () => ({ action: 'close', finding: 'false_alarm', comment: reason }))}
      <output class="quiet">{outcome.value}</output>
    </fieldset>
  );
}

/** Runs an action on each alert; returns the reasons for refusals, by alert. */
async function runAll(alerts: readonly AlertRecord[], action: AlarmAction): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  const waiting = [...alerts];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      try {
        await api.act(next.id, recordedName(), action);
      } catch (error) {
        refused.set(next.id, error instanceof Error ? error.message : String(error));
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return refused;
}
