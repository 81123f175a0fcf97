import { Chart } from '../chart.tsx';
import { TONES } from '../chartDrawing.ts';
import { STATUS_ORDER, STATUS_WORDS } from '../format.ts';
import { Explain } from '../help/explain.tsx';
import { t } from '../i18n/i18n.ts';
import { Table } from '../table.tsx';

const TOKENS = ['ground', 'card', 'text', 'quiet', 'line', 'accent', 'good', 'warn', 'bad', 'unknown'];
const X = Array.from({ length: 60 }, (_, i) => i);

/** A catalogue of the components that views are built from. */
export function PartsPage() {
  return (
    <section aria-labelledby="parts-title">
      <h2 id="parts-title">{t('Parts of the page')}</h2>
      <h3>{t('Colours, as custom properties of style.css')}</h3>
      <ul class="swatches">
        {TOKENS.map((token) => (
          <li key={token}>
            <span style={{ background: `var(--${token})` }} /> <code>--{token}</code>
          </li>
        ))}
      </ul>
      <h3>{t('Status')}</h3>
      <p class="tools">
        {STATUS_ORDER.map((status) => (
          <span key={status} class={`status ${status}`}>
            {STATUS_WORDS[status]}
          </span>
        ))}
      </p>
      <h3>{t('Form')}</h3>
      <form class="take" onSubmit={(e) => e.preventDefault()}>
        <label>
          {t('Name')} <input maxLength={100} />
        </label>
        <label>
          <input type="checkbox" /> {t('As a map')}
        </label>
        <button type="submit">{t('Acknowledge')}</button>
        <button type="button" disabled>
          {t('Close')}
        </button>
      </form>
      <h3>{t('Table')}</h3>
      <Table
        label={t('Table')}
        head={[t('Machine'), t('State')]}
        rows={STATUS_ORDER.map((status, i) => [`m-${i}`, STATUS_WORDS[status]])}
      />
      <h3>
        {t('Chart')} <Explain topic="healthIndex" />
      </h3>
      <Chart
        title={t('Health index')}
        unit={t('× alert limit')}
        xUnit="s"
        xIsTime={false}
        x={X}
        y={X.map((x) => 0.3 + 0.005 * x)}
        levels={[{ y: 1, name: t('alert'), tone: 'bad' }]}
        marks={(Object.keys(TONES) as (keyof typeof TONES)[]).map((kind, i) => ({ x: 8 * (i + 1), name: kind, kind }))}
        bands={[{ from: 20, to: 40, name: t('standstill'), tone: 'quiet' }]}
        fan={{ x: [59, 90], median: [0.6, 0.9], low: [0.6, 0.7], high: [0.6, 1.2] }}
        range={[0, 90]}
        summary={t('Now {{last}}, highest {{max}}.', { last: 0.6, max: 0.6 })}
      />
    </section>
  );
}
