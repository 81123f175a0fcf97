import { useMemo } from 'preact/hooks';
import { number } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { orbitOf } from './orbit.ts';
import type { Recording } from './recording.ts';

const HALF = 100;
const MARGIN = 1.1;

/** The orbit of two sensors at a right angle that recorded at the same time; empty if there is none. */
export function OrbitChart({ horizontal, vertical }: { horizontal: Recording; vertical: Recording }) {
  const orbit = useMemo(() => orbitOf(horizontal, vertical), [horizontal, vertical]);
  if (orbit === null || horizontal.point === vertical.point) return null;
  const { x, y, turns, shaftHz } = orbit;
  const [widest, highest] = [x, y].map((path) => Math.max(...path) - Math.min(...path));
  const scale = (MARGIN * Math.max(widest, highest)) / 2 / HALF;
  const at = (i: number) => `${(x[i] / scale).toFixed(1)},${(-y[i] / scale).toFixed(1)}`;
  const points = x.map((_, i) => at(i));
  const summary = t(
    '{{x}}: {{widest}} µm, {{y}}: {{highest}} µm peak to peak, average of {{turns}} turns at {{rpm}} rpm.',
    {
      x: horizontal.point,
      y: vertical.point,
      widest: number(widest),
      highest: number(highest),
      turns,
      rpm: number(60 * shaftHz),
    },
  );
  return (
    <figure class="chart">
      <figcaption>
        {t('Orbit')} <small>{summary}</small>
      </figcaption>
      <svg class="orbit" viewBox={`-${HALF} -${HALF} ${2 * HALF} ${2 * HALF}`} role="img">
        <title>{`${t('Orbit')}. ${summary}`}</title>
        <path class="axes" d={`M-${HALF} 0H${HALF}M0 -${HALF}V${HALF}`} />
        <polygon points={points.join(' ')} />
        <circle cx={points[0].split(',')[0]} cy={points[0].split(',')[1]} r="3" />
      </svg>
      <p class="quiet">
        {t('The dot is where the common recording begins. Sensors have to stand at a right angle and share a clock.')}
      </p>
    </figure>
  );
}
