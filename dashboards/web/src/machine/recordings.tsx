import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MachineView } from '#models/contracts/api.ts';
import type { EvidenceView } from '#models/contracts/evidence.ts';
import { api } from '../api.ts';
import { number, time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { pointName } from '../pointName.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { keyOf } from '../state.ts';
import { useLoaded, useTicks } from '../useLoaded.ts';

const REFRESH_MS = 10_000;

type WorkbenchType = typeof import('./workbench.tsx').Workbench;

/** The recordings of a machine, from alerts and on request, with one of them open. */
export function Recordings({ machine }: { machine: MachineView }) {
  const ticks = useTicks(REFRESH_MS);
  const key = keyOf(machine.health);
  const all = useLoaded(async () => (await api.recordings()).filter((r) => keyOf(r) === key), [key, ticks.value]);
  const chosen = useSignal<string | null>(null);
  const recordings = all.value.value ?? [];
  const open = recordings.find((r) => r.id === chosen.value) ?? recordings.at(0);
  return (
    <section aria-labelledby="recordings-title">
      <h3 id="recordings-title">{t('Recordings')}</h3>
      {all.error.value && <p role="alert">{all.error.value}</p>}
      <TakeRecording machine={machine} />
      {open === undefined ? (
        <p class="empty">{t('No recording yet. Each alert adds one, and you can request one here.')}</p>
      ) : (
        <>
          <label>
            {t('Recording')}{' '}
            <select value={open.id} onChange={(e) => (chosen.value = e.currentTarget.value)}>
              {recordings.map((r) => (
                <option key={r.id} value={r.id}>
                  {pointName(machine.health, r.point)}, {time(r.timeMs)},{' '}
                  {number(r.piecesS.reduce((sum, s) => sum + s, 0))} s
                </option>
              ))}
            </select>
          </label>
          <OpenRecording key={open.id} view={open} others={recordings.filter((r) => r.id !== open.id)} />
        </>
      )}
    </section>
  );
}

/** The workbench is loaded on first use, which keeps the other pages small. */
function OpenRecording(props: { view: EvidenceView; others: EvidenceView[] }) {
  const loaded = useSignal<{ Workbench: WorkbenchType } | null>(null);
  useEffect(() => {
    void import('./workbench.tsx').then((module) => (loaded.value = module));
  }, []);
  if (loaded.value === null) return <p class="quiet">{t('Loading …')}</p>;
  const { Workbench } = loaded.value;
  return <Workbench {...props} />;
}

function TakeRecording({ machine: { health, waveforms } }: { machine: MachineView }) {
  // The first sensor by default: points may become known after the page was opened.
  const chosen = useSignal<string | null>(null);
  const point = chosen.value ?? waveforms.at(0);
  const outcome = useSignal<string | null>(null);
  if (point === undefined || !mayUse('edges')) return null;
  const submit = async (event: Event) => {
    event.preventDefault();
    const { site, edge, asset } = health;
    try {
      await api.takeRecording(site, edge, asset, point, recordedName());
      outcome.value = t('Requested from {{edge}}. It appears here once enough signal has been collected.', { edge });
    } catch (error) {
      outcome.value = t('Not requested: {{error}}', { error: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <form class="take" onSubmit={(e) => void submit(e)}>
      <label>
        {t('Sensor')}{' '}
        <select value={point} onChange={(e) => (chosen.value = e.currentTarget.value)}>
          {waveforms.map((name) => (
            <option key={name} value={name}>
              {pointName(health, name)}
            </option>
          ))}
        </select>
      </label>{' '}
      <button type="submit">{t('Take a recording')}</button> <output class="quiet">{outcome.value}</output>
    </form>
  );
}
