import { chartSvg } from './chartSvg.ts';
import type { ExportedChart } from './exportedChart.ts';
import { t } from './i18n/i18n.ts';
import { csvOf, fileNameOf, saveFile } from './saveFile.ts';

/** The values of a chart as a table, in the displayed units; times in ISO 8601, UTC. */
export function chartCsv({ title, x, y, xIsTime, unit, xUnit = '', note, compared }: ExportedChart): string {
  const positions = xIsTime ? x.map((seconds) => new Date(1000 * seconds).toISOString()) : x;
  const name = unit === '' ? title : `${title} (${unit})`;
  const head = [xIsTime ? t('Time') : xUnit, name];
  return compared === undefined
    ? csvOf(head, [positions, y])
    : csvOf([...head, note ?? name], [positions, y, compared]);
}

/** Buttons that save a chart's values and its picture. @param canvasOf the drawn chart. */
export function ChartExport({ chart, canvasOf }: { chart: ExportedChart; canvasOf: () => HTMLCanvasElement | null }) {
  const { title } = chart;
  const savePicture = () => {
    const canvas = canvasOf();
    canvas && onGround(canvas).toBlob((blob) => blob && saveFile(fileNameOf(title, 'png'), blob));
  };
  return (
    <span class="exports">
      <button
        type="button"
        class="export"
        aria-label={t('Save {{title}} as CSV', { title })}
        onClick={() => saveFile(fileNameOf(title, 'csv'), new Blob([`\ufeff${chartCsv(chart)}`], { type: 'text/csv' }))}
      >
        CSV
      </button>{' '}
      <button type="button" class="export" aria-label={t('Save {{title}} as PNG', { title })} onClick={savePicture}>
        PNG
      </button>{' '}
      <button
        type="button"
        class="export"
        aria-label={t('Save {{title}} as SVG', { title })}
        onClick={() => saveFile(fileNameOf(title, 'svg'), new Blob([chartSvg(chart)], { type: 'image/svg+xml' }))}
      >
        SVG
      </button>
    </span>
  );
}

/** Adds the card's background: a canvas is transparent, and its lines need it outside the page. */
function onGround(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
  const context = copy.getContext('2d') as CanvasRenderingContext2D;
  context.fillStyle = getComputedStyle(canvas.closest('.chart') ?? canvas).backgroundColor;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return copy;
}
