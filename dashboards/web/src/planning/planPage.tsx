import { useSignal } from '@preact/signals';
import type { PlanAlert, PlanItem, PlanSummary } from '#models/contracts/plan.ts';
import { AcknowledgeForm } from '../alerts/acknowledge.tsx';
import { mostUrgentFirst } from '../alerts/mostUrgentFirst.ts';
import { api } from '../api.ts';
import { money, number, percent, time } from '../format.ts';
import { Explanations } from '../help/explain.tsx';
import { t, term } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { mayUse, seesAllSites } from '../session/session.ts';
import { acknowledgePlan, planAlerts, planVersion, save } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { Decisions } from './decisions.tsx';
import { Exceptions } from './exceptions.tsx';
import { decisionText } from './orderDecision.tsx';
import { planHref } from './planHref.ts';
import { Quality } from './planQuality.tsx';
import { SaveRequisitions } from './requisitions.tsx';
import { Scenarios } from './scenarios.tsx';

const PAGE = 100;
/** Most that the API returns at once; search finds the others. */
const MOST = 5000;

/** Exceptions, planner alerts, items by stock-out risk, and forecast accuracy. */
export function PlanPage() {
  const shown = useSignal(PAGE);
  const words = useSignal('');
  const { value: view, error } = useLoaded(
    () => api.plan(shown.value, words.value.trim()),
    [planVersion.value, shown.value, words.value],
  );
  const { summary = null, items = [], failure = null } = view.value ?? {};
  return (
    <section aria-labelledby="plan-title">
      <h2 id="plan-title">{t('Planning')}</h2>
      {error.value && <p role="alert">{error.value}</p>}
      {failure && <p role="alert">{t('The latest plan failed: {{failure}}', { failure })}</p>}
      <SummaryLine summary={summary} loaded={view.value !== null} />
      {summary && <Exceptions currency={summary.currency} />}
      <Decisions />
      {seesAllSites() && <Scenarios />}
      <h3>{t('Planner alerts ({{count}})', { count: planAlerts.value.length })}</h3>
      <PlanAlertList alerts={planAlerts.value} />
      <h3>{t('Items by risk of running out')}</h3>
      <p class="tools">
        <label>
          {t('Find an item')}
          <input type="search" value={words.value} onInput={(e) => (words.value = e.currentTarget.value)} />
        </label>
        {seesAllSites() && (
          <>
            <button type="button" onClick={() => void save('/api/v1/plan.csv', 'plan.csv')}>
              {t('Save the plan (CSV)')}
            </button>
            <button type="button" onClick={() => void save('/api/v1/plan.xlsx', 'plan.xlsx')}>
              {t('Save orders and plan (Excel)')}
            </button>
            <button type="button" onClick={() => void save('/api/v1/forecast.csv', 'forecast.csv')}>
              {t('Save the forecasts (CSV)')}
            </button>
            <SaveRequisitions />
          </>
        )}
      </p>
      <Explanations
        title={t('What the columns mean')}
        topics={['runOut', 'expectedDemand', 'orderNow', 'costOfWaiting']}
      />
      <PlanTable items={items} />
      {items.length === shown.value && shown.value + PAGE <= MOST && (
        <button type="button" onClick={() => (shown.value += PAGE)}>
          {t('Show more')}
        </button>
      )}
      {summary && <Quality summary={summary} />}
    </section>
  );
}

function SummaryLine({ summary, loaded }: { summary: PlanSummary | null; loaded: boolean }) {
  if (summary === null)
    return <p class="empty">{loaded ? t('No plan yet: import tables of items, demand and stock.') : t('Loading …')}</p>;
  const { atMs, items, toOrder, orderCost, currency, reason } = summary;
  const why: Record<string, string> = {
    health: t('a machine’s health changed'),
    import: t('tables were imported'),
    asked: t('on request'),
    decision: t('a planner decided'),
  };
  return (
    <p>
      {t('Planned {{atMs}} ({{why}}): {{items}} items, {{toOrder}} to order now, for {{cost}}.', {
        atMs: time(atMs),
        why: why[reason] ?? reason,
        items,
        toOrder,
        cost: money(orderCost, currency),
      })}
    </p>
  );
}

function PlanAlertList({ alerts }: { alerts: PlanAlert[] }) {
  if (alerts.length === 0) return <p class="empty">{t('No item is at risk of running out before a delivery.')}</p>;
  return (
    <ul class="alerts">
      {alerts.toSorted(mostUrgentFirst).map((alert) => (
        <li key={alert.id} class={`alert ${alert.severity} ${alert.state}`} data-plan-alert={alert.item}>
          <header>
            <span class="badge">{alert.severity === 'critical' ? t('Critical') : t('Warning')}</span>
            <time dateTime={new Date(alert.raisedAtMs).toISOString()}>{time(alert.raisedAtMs)}</time>
          </header>
          <h4>
            <a href={planHref(alert)}>{alert.text}</a>
          </h4>
          {alert.acknowledgedAtMs === null && mayUse('planAlerts') && (
            <AcknowledgeForm submit={(by, comment) => void acknowledgePlan(alert.id, by, comment)} />
          )}
          {alert.acknowledgedAtMs !== null && (
            <p class="quiet">
              {t('Acknowledged by {{acknowledgedBy}}, {{acknowledgedAtMs}}{{comment}}', {
                acknowledgedBy: alert.acknowledgedBy,
                acknowledgedAtMs: time(alert.acknowledgedAtMs),
                comment: alert.comment ? `: ${alert.comment}` : '',
              })}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function PlanTable({ items }: { items: PlanItem[] }) {
  if (items.length === 0) return <p class="empty">{t('No items.')}</p>;
  return (
    <ScrollTable
      label={t('Items by their risk of running out')}
      head={[
        t('Item'),
        t('Unit'),
        t('In stock'),
        t('On order'),
        t('Expected demand'),
        t('Over, days'),
        t('Run-out risk before a delivery'),
        t('Transfer in'),
        t('Order now'),
        t('Decision'),
        t('Cost of waiting for the next review'),
        t('Demand'),
        t('Segment'),
      ]}
    >
      {items.map((i) => (
        <tr key={`${i.item}/${i.site}`} data-item={i.item}>
          <th scope="row">
            <a href={planHref(i)}>
              {i.item}
              {i.site ? ` @ ${i.site}` : ''}
            </a>
          </th>
          <td>{i.unit === undefined ? '–' : term(i.unit)}</td>
          <td>{number(i.stock)}</td>
          <td>{number(i.onOrder)}</td>
          <td>{number(i.expectedDemand)}</td>
          <td>{number(Math.round(i.protectionDays))}</td>
          <td class={i.runOutProbability >= 0.5 ? 'bad' : ''}>{percent(i.runOutProbability)}</td>
          <td>
            {(i.transfersIn ?? []).map(({ quantity, site }) => `${number(quantity)} ← ${site || '–'}`).join(', ') ||
              '–'}
          </td>
          <td title={i.whyOrder}>
            {i.orderNow > 0 ? number(i.orderNow) : '–'}
            {i.deferred ? (i.waitsFor ? ` (${t('waits')})` : ` (${t('over budget')})`) : ''}
          </td>
          <td>{i.decision === undefined ? '–' : decisionText(i.decision)}</td>
          <td>{i.costOfWaiting > 0 ? money(i.costOfWaiting, i.currency) : '–'}</td>
          <td>{becauseOf(i)}</td>
          <td>{i.segment ?? '–'}</td>
        </tr>
      ))}
    </ScrollTable>
  );
}

function becauseOf({ machines, class: itsClass, flags }: PlanItem): string {
  const alarmed = machines.filter((m) => m.chance >= 0.5);
  if (alarmed.length > 0) return t('for {{machines}}', { machines: alarmed.map((m) => m.machine).join(', ') });
  const noted = flags.filter((f) => f === 'new' || f === 'dying' || f === 'seasonal');
  return [itsClass === 'none' ? t('no demand') : term(itsClass), ...noted.map(term)].join(', ');
}
