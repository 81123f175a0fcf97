import type { ClassMeasures } from '#models/demand/backtest.ts';

const percent = (v: number) => `${(100 * v).toFixed(1)} %`;

/** Accuracy of a class in one line. */
export function measuresLine({ class: name, items, measures: m }: ClassMeasures): string {
  const within = Object.entries(m.coverage).map(([level, part]) => `${percent(part)} below the ${level} quantile`);
  return `  ${name} (${items}): bias ${percent(m.bias)}, WAPE ${percent(m.wape)}, MASE ${m.mase?.toFixed(2) ?? '–'}, pinball ${m.pinball.toFixed(3)}, value added ${percent(m.valueAdded)}; ${within.join(', ')}`;
}
