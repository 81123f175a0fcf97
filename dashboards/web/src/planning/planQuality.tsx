import type { PlanSummary } from '#models/contracts/plan.ts';
import { api } from '../api.ts';
import { number, percent } from '../format.ts';
import { seesAllSites } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { Table } from '../table.tsx';
import { useLoaded } from '../useLoaded.ts';

/** Accuracy of the forecasts, delivery performance of suppliers, and totals of families and sites. */
export function Quality({ summary }: { summary: PlanSummary }) {
  const { value, error } = useLoaded(
    () => Promise.all([api.suppliers(), seesAllSites() ? api.levels() : []]),
    [planVersion.value],
  );
  const [suppliers, levels] = value.value ?? [[], []];
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      <details>
        <summary>Forecast accuracy</summary>
        <p>
          The latest periods were held back and forecast from the earlier ones. 95 % of the actual demands should lie
          below the 95 % quantile. Value added is the share of the error of “as last season” that the forecast avoids.
        </p>
        <Table
          label="Forecast accuracy"
          head={['Class', 'Items', 'Over', 'Bias', 'WAPE', 'Below 5 %', 'Below 95 %', 'Value added']}
          rows={summary.backtest.map(({ class: name, items, of, measures: m }) => [
            name,
            String(items),
            of === 'period' ? 'a period' : 'the lead time',
            percent(m.bias),
            percent(m.wape),
            percent(m.coverage['0.05'] ?? 0),
            percent(m.coverage['0.95'] ?? 0),
            percent(m.valueAdded),
          ])}
        />
        <Tracked summary={summary} />
        {summary.replaced.map((r) => (
          <p key={`${r.item}/${r.site}`}>
            {r.item} {r.site}: method {r.method} since {r.since}, because {r.why}.
          </p>
        ))}
        {summary.cleaning.length > 0 && (
          <>
            <h4>Cleaning of the records</h4>
            <ul>
              {summary.cleaning.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        )}
      </details>
      <details>
        <summary>Suppliers ({suppliers.length})</summary>
        <Table
          label="Suppliers"
          head={['Supplier', 'Orders', 'On time', 'Days, median', 'Days, 90 %', 'Quantity', 'Overdue', 'Trend', 'Risk']}
          rows={suppliers.map((s) => [
            s.name ?? s.supplier,
            String(s.orders),
            s.onTime === null ? '–' : percent(s.onTime),
            s.medianDays === null ? '–' : number(s.medianDays),
            s.p90Days === null ? '–' : number(s.p90Days),
            s.quantityRate === null ? '–' : percent(s.quantityRate),
            String(s.overdue),
            s.delayTrendDaysAYear === null ? 'steady' : `${number(s.delayTrendDaysAYear)} days a year`,
            percent(s.risk),
          ])}
        />
      </details>
      <details>
        <summary>Families and sites</summary>
        <p>
          Forecasts from history, without the demand of machines. Totals are reconciled with their items,{' '}
          {summary.reconciliation === 'mint'
            ? 'by MinT, which had the smaller error on the latest periods'
            : 'bottom up'}
          .
        </p>
        <Table
          label="Families and sites"
          head={['Level', 'Name', ...(levels[0]?.date.slice(0, 3) ?? [])]}
          rows={levels.map((l) => [l.level, l.id || '–', ...l.mean.slice(0, 3).map(number)])}
        />
      </details>
    </>
  );
}

/** Accuracy of forecasts that were issued before their periods. */
function Tracked({ summary }: { summary: PlanSummary }) {
  const all = summary.tracked.filter((t) => t.class === 'all').slice(-12);
  if (all.length === 0) return <p class="quiet">No period has ended since planning began: nothing is tracked yet.</p>;
  return (
    <Table
      label="Accuracy of forecasts issued before their periods"
      head={['Period', 'Items', 'Bias', 'WAPE', 'Below 95 %', 'Value added']}
      rows={all.map(({ date, measures: m }) => [
        date,
        String(m.n),
        percent(m.bias),
        percent(m.wape),
        percent(m.coverage['0.95'] ?? 0),
        percent(m.valueAdded),
      ])}
    />
  );
}
