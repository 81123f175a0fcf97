import type { Arrival } from './source.ts';

const MAX_SAMPLES = 4;

/** The result of a message as text: `pump-1/temperature = 61.2 at 2026-11-27T12:00:00.000Z`, or why it was refused. */
export function arrivalLines(arrival: Arrival): string[] {
  if (!arrival.ok) {
    const name = arrival.point ? `${arrival.point.asset}/${arrival.point.point}` : '(no point)';
    return [`${name}: ${arrival.rejection}${arrival.detail === undefined ? '' : `, ${arrival.detail}`}`];
  }
  const { block } = arrival;
  const name = `${block.asset}/${block.point}`;
  const at = (us: number) => (block.timeQuality === 'source' ? ` at ${new Date(us / 1000).toISOString()}` : '');
  if (block.kind === 'scalars') return [...block.values].map((v, i) => `${name} = ${short(v)}${at(block.timesUs[i])}`);
  const shown = [...block.samples.subarray(0, MAX_SAMPLES)].map(short).join(', ');
  const more = block.samples.length > MAX_SAMPLES ? ', …' : '';
  return [
    `${name} = ${block.samples.length} samples [${shown}${more}] at ${block.sampleRateHz} Hz${at(block.startUs)}`,
  ];
}

const short = (value: number) => String(Number(value.toPrecision(7)));
