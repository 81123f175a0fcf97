import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Columns, MachineView } from '#models/contracts/api.ts';
import { api } from '../api.ts';
import { t } from '../i18n/i18n.ts';

/** The last day, or the last quarter of an hour for a new machine. */
const RANGES_MS = [86_400_000, 900_000] as const;
const POINTS = 60;
const ENOUGH = 12;
const REFRESH_MS = 60_000;
const [WIDTH, HEIGHT] = [200, 32];
/** As a multiple of the alert limit; higher curves are clipped. */
const HIGHEST = 2;

/**
 * The health index of the last day or less; the dashed line is the alert limit. It is loaded only while its card is
 * visible.
 */
export function Sparkline({ health }: { health: MachineView['health'] }) {
  const holder = useRef<SVGSVGElement>(null);
  const columns = useSignal<Columns | null>(null);
  const { site, edge, asset } = health;
  const newestMs = useRef(health.timeMs);
  newestMs.current = health.timeMs;

  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    const load = async () => {
      const toMs = newestMs.current + 1000;
      const of = { measurement: 'millwright_health', site, edge, asset, field: 'index', toMs, points: POINTS } as const;
      for (const rangeMs of RANGES_MS) {
        // A card remains useful without its curve: the status line shows when the gateway is unreachable.
        columns.value = await api.series({ ...of, fromMs: toMs - rangeMs }).catch(() => null);
        if (columns.value === null || columns.value.timeMs.length >= ENOUGH) return;
      }
    };
    const sight = new IntersectionObserver(([entry]) => {
      clearInterval(timer);
      if (!entry.isIntersecting) return;
      void load();
      timer = setInterval(() => void load(), REFRESH_MS);
    });
    sight.observe(holder.current as SVGSVGElement);
    return () => {
      clearInterval(timer);
      sight.disconnect();
    };
  }, [site, edge, asset]);

  const limit = HEIGHT * (1 - 1 / HIGHEST);
  const name = t('health index of {{asset}}, {{percent}} % of the alert limit now', {
    asset,
    percent: Math.round(100 * (health.index ?? 0)),
  });
  return (
    <svg ref={holder} class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>{name}</title>
      <line x1="0" x2={WIDTH} y1={limit} y2={limit} />
      {columns.value && <polyline points={pointsOf(columns.value)} />}
    </svg>
  );
}

function pointsOf({ timeMs, max }: Columns): string {
  const [from, to] = [timeMs[0] ?? 0, timeMs.at(-1) ?? 0];
  return max
    .map((index, i) => {
      const x = to > from ? ((timeMs[i] - from) / (to - from)) * WIDTH : WIDTH;
      return `${x.toFixed(1)},${(HEIGHT * (1 - Math.min(index, HIGHEST) / HIGHEST)).toFixed(1)}`;
    })
    .join(' ');
}
