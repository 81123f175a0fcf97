import type { PlanSummary } from '#models/contracts/plan.ts';
import { api } from '../api.ts';
import { number, percent } from '../format.ts';
import { seesAllSites } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { Table } from '../table.tsx';
import { useLoaded } from '../useLoaded.ts';

/** How good forecasts are, how suppliers keep their promises, and sums of families and sites. */
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
        <summary>How good the forecasts are</summary>
        <p>
          The newest periods were held back and forecast from what was before. Below the 95 % quantile should lie 95 %
          of what came; value added is what forecasting saves of the error of “as last season”.
        </p>
        <Table
          label="Measures of forecasts"
          head={['Class', 'Items', 'Of', 'Bias', 'WAPE', 'Below 5 %', 'Below 95 %', 'Value added']}
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
            {r.item} {r.site}: since {r.since} by {r.method}, for {r.why}.
          </p>
        ))}
        {summary.cleaning.length > 0 && (
          <>
            <h4>What was done to the records</h4>
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
          head={[
            'Supplier',
            'Orders',
            'On time',
            'Days, half of',
            'Days, nine of ten',
            'Quantity',
            'Overdue',
            'Trend',
            'Risk',
          ]}
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
          Forecasts by history, without what machines will take. Sums agree with their items,{' '}
          {summary.reconciliation === 'mint' ? 'by least variance: that erred less on the newest periods' : 'bottom up'}
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

/** Forecasts that were told before their periods came. */
function Tracked({ summary }: { summary: PlanSummary }) {
  const all = summary.tracked.filter((t) => t.class === 'all').slice(-12);
  if (all.length === 0)
    return <p class="quiet">No period has ended since this gateway plans: nothing is tracked yet.</p>;
  return (
    <Table
      label="Forecasts that were told before their periods came"
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
