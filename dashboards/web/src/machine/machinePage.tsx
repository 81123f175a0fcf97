import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Columns, MachineView } from '#models/contracts/api.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';
import { AlertList } from './alerts.tsx';
import { api } from './api.ts';
import { Chart } from './chart.tsx';
import { duration, lifeText, number, STATUS_WORDS, time } from './format.ts';
import { alerts, keyOf } from './state.ts';

const RANGES_S = [900, 7200, 86_400, 7 * 86_400];
const REFRESH_MS = 5000;
const SLOW_REFRESH_MS = 60_000;

interface Trend {
  title: string;
  unit: string;
  columns: Columns;
  limit?: number;
}

/** One machine: its health, its alerts, its trends and the newest spectrum of each sensor. */
export function MachinePage({ machine }: { machine: MachineView }) {
  const { health } = machine;
  const range = useSignal(RANGES_S[0]);
  const trends = useSignal<Trend[]>([]);
  const spectra = useSignal<{ point: string; spectrum: Spectrum }[]>([]);
  const error = useSignal<string | null>(null);
  const key = keyOf(health);

  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const load = async () => {
      try {
        // Asked anew: events tell of health, but not which points have begun to speak.
        const fresh = (await api.machines()).find((m) => keyOf(m.health) === key) ?? machine;
        const loaded = await Promise.all([loadTrends(fresh, range.value), loadSpectra(fresh)]);
        if (gone) return;
        [trends.value, spectra.value] = loaded;
        error.value = null;
      } catch (reason) {
        if (!gone) error.value = reason instanceof Error ? reason.message : String(reason);
      }
      // One question at a time; a week of data is not asked for every five seconds.
      if (!gone) timer = setTimeout(() => void load(), range.value > 7200 ? SLOW_REFRESH_MS : REFRESH_MS);
    };
    void load();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [key, range.value]);

  const own = alerts.value.filter((a) => keyOf(a) === key);
  return (
    <section aria-labelledby="machine-name">
      <p>
        <a href="#/">All machines</a>
      </p>
      <h2 id="machine-name">
        {health.asset} <span class={`status ${health.status}`}>{STATUS_WORDS[health.status]}</span>
      </h2>
      <dl class="facts">
        <dt>Kind</dt>
        <dd>{health.kind}</dd>
        <dt>Health index</dt>
        <dd>{health.index === undefined ? 'not assessed' : `${number(health.index)} × alert limit`}</dd>
        <dt>Time left</dt>
        <dd>{lifeText(health.remainingLife)}</dd>
        <dt>ISO zone</dt>
        <dd>
          {health.iso
            ? `${health.iso.zone} (${number(health.iso.velocityMmPerS)} mm/s, ${health.iso.edition})`
            : 'not configured'}
        </dd>
        <dt>Last heard</dt>
        <dd>{time(health.timeMs)}</dd>
      </dl>
      {error.value && <p role="alert">{error.value}</p>}
      <h3>Alerts</h3>
      <AlertList alerts={own} />
      <fieldset class="ranges">
        <legend>Trends of the last</legend>
        {RANGES_S.map((s) => (
          <label key={s}>
            <input type="radio" name="range" checked={range.value === s} onChange={() => (range.value = s)} />
            {duration(s)}
          </label>
        ))}
      </fieldset>
      <div class="charts">
        {trends.value.map((t) => (
          <Chart
            key={t.title}
            title={t.title}
            unit={t.unit}
            limit={t.limit}
            xIsTime
            x={t.columns.timeMs.map((ms) => ms / 1000)}
            y={t.columns.max}
            summary={summary(t.columns)}
          />
        ))}
      </div>
      <h3>Newest spectra</h3>
      <div class="charts">
        {spectra.value.map(({ point, spectrum }) => (
          <Chart
            key={point}
            title={`${point}, ${time(spectrum.timeMs)}`}
            unit={`${spectrum.unit} peak over Hz`}
            xIsTime={false}
            x={spectrum.amplitude.map((_, i) => (i + 0.5) * spectrum.stepHz)}
            y={spectrum.amplitude}
            summary={`Highest line ${number(Math.max(...spectrum.amplitude))} ${spectrum.unit}`}
          />
        ))}
      </div>
    </section>
  );
}

function summary({ max }: Columns): string {
  return max.length === 0
    ? 'No values in this range.'
    : `Now ${number(max[max.length - 1])}, highest ${number(Math.max(...max))}.`;
}

async function loadTrends({ health, points }: MachineView, rangeS: number): Promise<Trend[]> {
  const { site, edge, asset } = health;
  // Anchored at the machine's newest data and not at the clock: a recording that is replayed may be years old.
  const toMs = health.timeMs + 1000;
  const base = { site, edge, asset, fromMs: toMs - rangeS * 1000, toMs };
  const index = api
    .series({ ...base, measurement: 'millwright_health', field: 'index' })
    .then((columns): Trend => ({ title: 'Health index', unit: '× alert limit', columns, limit: 1 }));
  const ofPoints = points.map(async (point): Promise<Trend> => {
    const query = { ...base, measurement: 'millwright_features', point } as const;
    const rms = await api.series({ ...query, field: 'rms' });
    if (rms.timeMs.length > 0) return { title: `${point} RMS`, unit: 'in the sensor’s unit', columns: rms };
    return { title: point, unit: 'mean', columns: await api.series({ ...query, field: 'mean' }) };
  });
  return Promise.all([index, ...ofPoints]);
}

async function loadSpectra({ health, waveforms }: MachineView): Promise<{ point: string; spectrum: Spectrum }[]> {
  const { site, edge, asset } = health;
  const all = await Promise.all(
    waveforms.map(async (point) => ({ point, spectrum: await api.spectrum(site, edge, asset, point) })),
  );
  return all.flatMap(({ point, spectrum }) => (spectrum ? [{ point, spectrum }] : []));
}
