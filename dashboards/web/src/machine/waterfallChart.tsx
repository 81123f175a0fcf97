import { useEffect, useMemo, useRef } from 'preact/hooks';
import { waterfall } from '#models/signal/pictures.ts';
import { number } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { shownIn } from '../units.ts';
import { longestPiece, type Recording, secondsOf } from './recording.ts';

const ROWS = 120;
const BINS = 512;
const LENGTH = 4096;
/** Decades below the highest line that are shown in colour. */
const DECADES = 3;

/** Spectra in order of time, from top to bottom: darker means higher. */
export function WaterfallChart({ recording }: { recording: Recording }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { sampleRateHz, unit } = recording;
  const { text, scale } = shownIn(unit);
  const rows = useMemo(() => rowsOf(recording), [recording]);
  const highest = Math.max(...rows.map((row) => Math.max(...row)));
  useEffect(() => draw(canvas.current as HTMLCanvasElement, rows, highest), [rows]);
  return (
    <figure class="chart">
      <figcaption>
        {t('Waterfall')}{' '}
        <small>
          {t('0 to {{frequency}} Hz to the right, {{seconds}} s downwards', {
            frequency: number(sampleRateHz / 2),
            seconds: number(secondsOf(recording)),
          })}
        </small>
      </figcaption>
      <canvas
        ref={canvas}
        class="waterfall"
        role="img"
        aria-label={t('Waterfall of {{count}} spectra. Highest line {{highest}} {{unit}}.', {
          count: rows.length,
          highest: number(scale * highest),
          unit: text,
        })}
      />
    </figure>
  );
}

/** Each piece gives rows in proportion to its length. */
function rowsOf(recording: Recording): Float64Array[] {
  const length = Math.min(LENGTH, 2 ** Math.floor(Math.log2(longestPiece(recording).length)));
  const whole = recording.pieces.filter((p) => p.length >= length);
  const each = Math.max(1, Math.floor(ROWS / whole.length));
  return whole.flatMap((p) => waterfall(p, recording.sampleRateHz, length, each, BINS).rows);
}

function draw(canvas: HTMLCanvasElement, rows: readonly Float64Array[], highest: number): void {
  const bins = Math.max(1, ...rows.map((row) => row.length));
  canvas.width = bins;
  canvas.height = rows.length;
  const context = canvas.getContext('2d');
  if (!context || highest <= 0) return;
  const image = context.createImageData(bins, rows.length);
  rows.forEach((row, r) => {
    row.forEach((amplitude, k) => {
      const level = Math.max(0, 1 + Math.log10(Math.max(amplitude / highest, 1e-12)) / DECADES);
      image.data.set(colourOf(level), 4 * (r * bins + k));
    });
  });
  context.putImageData(image, 0, 0);
}

/**
 * White through blue to black: lightness decreases monotonically, so that the chart is readable without colour vision.
 */
function colourOf(level: number): [number, number, number, number] {
  const light = 255 * (1 - level);
  return [light * (1 - 0.5 * level), light, Math.min(255, light + 90 * level * (1 - level) * 4), 255];
}
