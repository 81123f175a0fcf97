import type { PlanSummary } from '#models/contracts/plan.ts';
import { api } from '../api.ts';
import { day, number, percent } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
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
        <summary>{t('Forecast accuracy')}</summary>
        <p>
          {t(
            'The latest periods were held back and forecast from the earlier ones. 95 % of the actual demands should lie below the 95 % quantile. Value added is the share of the error of “as last season” that the forecast avoids.',
          )}
        </p>
        <Table
          label={t('Forecast accuracy')}
          head={[
            t('Class'),
            t('Items'),
            t('Over'),
            t('Bias'),
            t('WAPE'),
            t('Below 5 %'),
            t('Below 95 %'),
            t('Value added'),
          ]}
          rows={summary.backtest.map(({ class: name, items, of, measures: m }) => [
            term(name),
            String(items),
            of === 'period' ? t('a period') : t('the lead time'),
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
            {t('{{item}} {{site}}: method {{method}} since {{since}}, because {{why}}.', {
              item: r.item,
              site: r.site,
              method: term(r.method),
              since: day(r.since),
              why: r.why,
            })}
          </p>
        ))}
        {summary.cleaning.length > 0 && (
          <>
            <h4>{t('Cleaning of the records')}</h4>
            <ul>
              {summary.cleaning.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        )}
      </details>
      <details>
        <summary>{t('Suppliers ({{count}})', { count: suppliers.length })}</summary>
        <Table
          label={t('Suppliers')}
          head={[
            t('Supplier'),
            t('Orders'),
            t('On time'),
            t('Days, median'),
            t('Days, 90 %'),
            t('Quantity', { context: 'order' }),
            t('Overdue'),
            t('Trend'),
            t('Risk'),
          ]}
          rows={suppliers.map((s) => [
            s.name ?? s.supplier,
            String(s.orders),
            s.onTime === null ? '–' : percent(s.onTime),
            s.medianDays === null ? '–' : number(s.medianDays),
            s.p90Days === null ? '–' : number(s.p90Days),
            s.quantityRate === null ? '–' : percent(s.quantityRate),
            String(s.overdue),
            s.delayTrendDaysAYear === null
              ? t('steady')
              : t('{{days}} days a year', { days: number(s.delayTrendDaysAYear) }),
            percent(s.risk),
          ])}
        />
      </details>
      <details>
        <summary>{t('Families and sites')}</summary>
        <p>
          {t(
            'Forecasts from history, without the demand of machines. Totals are reconciled with their items, {{how}}.',
            {
              how:
                summary.reconciliation === 'mint'
                  ? t('by MinT, which had the smaller error on the latest periods')
                  : t('bottom up'),
            },
          )}
        </p>
        <Table
          label={t('Families and sites')}
          head={[t('Level', { context: 'hierarchy' }), t('Name'), ...(levels[0]?.date.slice(0, 3).map(day) ?? [])]}
          rows={levels.map((l) => [term(l.level), l.id || '–', ...l.mean.slice(0, 3).map(number)])}
        />
      </details>
    </>
  );
}

/** Accuracy of forecasts that were issued before their periods. */
function Tracked({ summary }: { summary: PlanSummary }) {
  const all = summary.tracked.filter((t) => t.class === 'all').slice(-12);
  if (all.length === 0)
    return <p class="quiet">{t('No period has ended since planning began: nothing is tracked yet.')}</p>;
  return (
    <Table
      label={t('Accuracy of forecasts issued before their periods')}
      head={[t('Period'), t('Items'), t('Bias'), t('WAPE'), t('Below 95 %'), t('Value added')]}
      rows={all.map(({ date, measures: m }) => [
        day(date),
        String(m.n),
        percent(m.bias),
        percent(m.wape),
        percent(m.coverage['0.95'] ?? 0),
        percent(m.valueAdded),
      ])}
    />
  );
}
