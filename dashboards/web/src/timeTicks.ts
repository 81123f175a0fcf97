import type uPlot from 'uplot';
import { locale } from './i18n/i18n.ts';

const MINUTE_S = 60;
const DAY_S = 86_400;

/**
 * Labels of a time axis in the reader's locale: the date below the first tick, and below each tick that begins a day.
 */
export const timeTicks: uPlot.Axis.DynamicValues = (_self, ticks, _axis, _space, stepS) =>
  ticks.map((seconds, i) => {
    const at = new Date(seconds * 1000);
    const day = at.toLocaleDateString(locale, { day: 'numeric', month: 'short', year: 'numeric' });
    if (stepS >= DAY_S) return day;
    const time = at.toLocaleTimeString(locale, {
      hour: 'numeric',
      minute: '2-digit',
      ...(stepS < MINUTE_S && { second: '2-digit' }),
    });
    const previous = i === 0 ? null : new Date(ticks[i - 1] * 1000);
    return previous?.getDate() === at.getDate() ? time : `${time}\n${day}`;
  });
