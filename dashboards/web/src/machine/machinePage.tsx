import { useMemo, useRef } from 'preact/hooks';
import type { MachineView } from '#models/contracts/api.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';
import { AlertList } from '../alerts/alertList.tsx';
import { api } from '../api.ts';
import { Chart } from '../chart.tsx';
import { duration, lifeText, number, statusText, time, velocity } from '../format.ts';
import { Explain } from '../help/explain.tsx';
import { sentence, t, term } from '../i18n/i18n.ts';
import { MachineName } from '../machineName.tsx';
import { pointName } from '../pointName.ts';
import { ReportButtons } from '../report.tsx';
import { alertsOf, keyOf } from '../state.ts';
import { shownIn } from '../units.ts';
import { useLoaded, useNowMs, useTicks } from '../useLoaded.ts';
import { Recordings } from './recordings.tsx';
import { Trends } from './trends.tsx';

const REFRESH_MS = 5000;

/** One machine: health, alerts, trends, recordings, and the latest spectrum of each sensor. */
export function MachinePage({ machine }: { machine: MachineView }) {
  const key = keyOf(machine.health);
  const ticks = useTicks(REFRESH_MS);
  // Live events include health, but not newly reporting points.
  const fresh = useLoaded(async () => (await api.machines()).find((m) => keyOf(m.health) === key), [key, ticks.value]);
  const shown = { ...machine, ...fresh.value.value, health: machine.health };
  const own = alertsOf(key);
  const { health } = machine;
  const part = useRef<HTMLElement>(null);
  return (
    <section aria-labelledby="machine-name" ref={part}>
      <p class="no-report">
        <a href="#/">{t('All machines')}</a>
      </p>
      <h2 id="machine-name">
        <MachineName health={health} /> <span class={`status ${health.status}`}>{statusText(health)}</span>
      </h2>
      <ReportButtons of={part} name={health.displayName ?? health.asset} />
      <Facts health={health} />
      <NotAssessed health={health} />
      {fresh.error.value && <p role="alert">{fresh.error.value}</p>}
      <h3>{t('Alerts')}</h3>
      <AlertList alerts={own} />
      <Trends machine={shown} alerts={own} ticks={ticks.value} />
      <Recordings machine={shown} />
      <NewestSpectra machine={shown} ticks={ticks.value} />
    </section>
  );
}

function Facts({ health }: { health: MachineView['health'] }) {
  const { iso } = health;
  return (
    <dl class="facts">
      <dt>{t('Kind')}</dt>
      <dd>{term(health.kind)}</dd>
      <dt>
        {t('Health index')} <Explain topic="healthIndex" />
      </dt>
      <dd>
        {health.index === undefined ? t('not assessed') : t('{{index}} × alert limit', { index: number(health.index) })}
      </dd>
      <dt>
        {t('Time to the alert limit')} <Explain topic="timeToLimit" />
      </dt>
      <dd>{health.timeToLimit ? lifeText(health.timeToLimit) : t('not given')}</dd>
      <dt>
        {t('Remaining life')} <Explain topic="remainingLife" />
      </dt>
      <dd>{lifeText(health.remainingLife)}</dd>
      <dt>
        {t('ISO zone')} <Explain topic="isoZone" />
      </dt>
      <dd>{iso ? `${iso.zone} (${velocity(iso.velocityMmPerS)}, ${iso.edition})` : t('not configured')}</dd>
      <dt>{t('Last verdict')}</dt>
      <dd>{time(health.timeMs)}</dd>
    </dl>
  );
}

/** Points without a verdict, and the remedy for each. */
function NotAssessed({ health }: { health: MachineView['health'] }) {
  const { points } = health;
  const nowMs = useNowMs(1000);
  const missing = points.flatMap((p) => (p.assessment === 'not_assessable' ? [p] : []));
  if (missing.length === 0) return null;
  return (
    <>
      <h3>{t('Not assessed: {{missing}} of {{count}} points', { missing: missing.length, count: points.length })}</h3>
      <ul>
        {missing.map(({ point, reason, remedy, silentSinceMs }) => (
          <li key={point}>
            <strong>{pointName(health, point)}</strong>: {sentence(reason)}
            {silentSinceMs === undefined
              ? ''
              : ` ${t('for {{duration}}', { duration: duration((nowMs - silentSinceMs) / 1000) })}`}{' '}
            – <span class="quiet">{sentence(remedy)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function NewestSpectra({ machine, ticks }: { machine: MachineView; ticks: number }) {
  const { site, edge, asset } = machine.health;
  const { waveforms } = machine;
  const load = (point: string) => api.spectrum(site, edge, asset, point).then((spectrum) => ({ point, spectrum }));
  const spectra = useLoaded(() => Promise.all(waveforms.map(load)), [waveforms.join(), ticks]);
  return (
    <section aria-labelledby="spectra-title">
      <h3 id="spectra-title">{t('Newest spectra')}</h3>
      {spectra.error.value && <p role="alert">{spectra.error.value}</p>}
      <div class="charts">
        {(spectra.value.value ?? []).map(
          ({ point, spectrum }) =>
            spectrum && <NewestSpectrum key={point} point={pointName(machine.health, point)} spectrum={spectrum} />,
        )}
      </div>
    </section>
  );
}

function NewestSpectrum({ point, spectrum }: { point: string; spectrum: Spectrum }) {
  const { text, scale } = shownIn(spectrum.unit);
  const amplitude = useMemo(() => spectrum.amplitude.map((a) => scale * a), [spectrum, scale]);
  return (
    <Chart
      title={`${point}, ${time(spectrum.timeMs)}`}
      unit={t('{{unit}} peak', { unit: text })}
      xUnit="Hz"
      xIsTime={false}
      x={amplitude.map((_, i) => (i + 0.5) * spectrum.stepHz)}
      y={amplitude}
      summary={t('Highest line {{max}} {{unit}}', { max: number(Math.max(...amplitude)), unit: text })}
    />
  );
}
