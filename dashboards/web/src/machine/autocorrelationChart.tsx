import { useMemo } from 'preact/hooks';
import { autocorrelation } from '#models/signal/autocorrelation.ts';
import { Chart } from '../chart.tsx';
import { number } from '../format.ts';
import { t } from '../i18n/i18n.ts';

/** Long enough for some periods of a shaft at 600 rpm. */
const LONGEST_LAG_S = 0.5;
const MOST_POINTS = 4000;

/** How well a signal repeats itself after each delay: impacts peak at their period, noise does not. */
export function AutocorrelationChart({ samples, sampleRateHz }: { samples: Float32Array; sampleRateHz: number }) {
  const { seconds, values } = useMemo(() => {
    // Beyond half of the signal, a value would come from too few samples.
    const lags = Math.min(Math.floor(samples.length / 2), Math.floor(LONGEST_LAG_S * sampleRateHz), MOST_POINTS);
    const found = [...autocorrelation(samples, lags)];
    return { seconds: found.map((_, k) => k / sampleRateHz), values: found };
  }, [samples, sampleRateHz]);
  const lowest = values.findIndex((value) => value < 0);
  const rest = lowest < 0 ? [] : values.slice(lowest);
  const best = Math.max(...rest, 0);
  return (
    <Chart
      title={t('Autocorrelation')}
      unit=""
      xUnit="s"
      xIsTime={false}
      x={seconds}
      y={values}
      summary={
        best === 0
          ? t('The signal does not repeat itself.')
          : t('Highest after {{seconds}} s: {{value}}.', {
              seconds: number((lowest + rest.indexOf(best)) / sampleRateHz),
              value: number(best),
            })
      }
    />
  );
}
