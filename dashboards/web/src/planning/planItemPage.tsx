import { useSignal } from '@preact/signals';
import type { PlanItem } from '#models/contracts/plan.ts';
import { api } from '../api.ts';
import { day, money, number, percent, units } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { keyOf, machines, planVersion } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { FanChart } from './fanChart.tsx';
import { ForecastOverrides } from './forecastOverrides.tsx';
import { CurrentDecision, DecideOrder } from './orderDecision.tsx';
import { Transfers } from './transferDecision.tsx';

/** One item: order, decision, fan chart with actual demand, machines behind the demand, overrides and what-if. */
export function PlanItemPage({ item, site }: { item: string; site: string }) {
  const { value: view, error } = useLoaded(() => api.planItem(item, site), [item, site, planVersion.value]);
  const loaded = view.value;
  return (
    <section aria-labelledby="item-name">
      <p>
        <a href="#/plan">{t('All items')}</a>
      </p>
      <h2 id="item-name">
        {item}
        {site ? ` @ ${site}` : ''} {loaded?.item.name && <small>{loaded.item.name}</small>}
      </h2>
      {error.value && <p role="alert">{error.value}</p>}
      {loaded && <Facts item={loaded.item} />}
      {loaded?.item.decision && <CurrentDecision decision={loaded.item.decision} />}
      {loaded && <Transfers item={loaded.item} />}
      {loaded && <DecideOrder key={loaded.item.orderNow} item={loaded.item} />}
      {loaded && <FanChart series={loaded.series} unit={loaded.item.unit} />}
      {loaded && loaded.series.outliers.length > 0 && (
        <p class="quiet">
          {t('Outliers, kept: {{outliers}}.', {
            outliers: loaded.series.outliers
              .map((o) => t('{{quantity}} in {{date}}', { quantity: number(o.quantity), date: day(o.date) }))
              .join(', '),
          })}
        </p>
      )}
      {loaded?.series.unitChange && (
        <p class="quiet">
          {t('From {{date}} on, demands are {{factor}} times their earlier size: the unit may have changed.', {
            date: day(loaded.series.unitChange.date),
            factor: number(loaded.series.unitChange.factor),
          })}
        </p>
      )}
      {loaded && loaded.item.machines.length > 0 && <Machines item={loaded.item} />}
      {loaded && <ForecastOverrides item={item} site={site} />}
      {loaded && <WhatIf item={loaded.item} />}
    </section>
  );
}

const SERVICE_WORDS = { cycle: t('cycle service'), fill: t('fill rate'), cost: t('least cost') };

function Facts({ item: i }: { item: PlanItem }) {
  const { kind, level } = i.service;
  return (
    <dl class="facts">
      <dt>{t('Order now')}</dt>
      <dd data-order-now>
        {i.orderNow > 0
          ? t('{{orderNow}}, for {{orderCost}}{{deferred}}', {
              orderNow: units(i.orderNow, i.unit),
              orderCost: money(i.orderCost, i.currency),
              deferred: i.deferred
                ? i.waitsFor
                  ? ` (${t('waits for the minimum order value of its supplier')})`
                  : ` (${t('beyond the budget')})`
                : '',
            })
          : t('nothing')}
        {i.costOfWaiting > 0
          ? `; ${t('waiting until the next review costs {{cost}}', { cost: money(i.costOfWaiting, i.currency) })}`
          : ''}
      </dd>
      {i.whyOrder !== undefined && (
        <>
          <dt>{t('Why this quantity')}</dt>
          <dd data-why-order>{i.whyOrder}</dd>
        </>
      )}
      <dt>{t('Stock and open orders')}</dt>
      <dd>
        {t('{{stock}} in stock, {{onOrder}} on order{{openOrders}}', {
          stock: units(i.stock, i.unit),
          onOrder: units(i.onOrder, i.unit),
          openOrders: (i.openOrders ?? [])
            .map(
              (o) =>
                `; ${t('{{order}}: {{quantity}} due {{promised}}', {
                  order: o.order,
                  quantity: number(o.quantity),
                  promised: o.promised ? day(o.promised) : t('on an unknown date'),
                })}`,
            )
            .join(''),
        })}
      </dd>
      <dt>{t('Run-out risk before a delivery')}</dt>
      <dd>
        {percent(i.runOutProbability)}
        {i.runOutDate ? `; ${t('expected to last until {{date}}', { date: day(i.runOutDate) })}` : ''}
      </dd>
      <dt>{t('Expected demand')}</dt>
      <dd>
        {t('{{expectedDemand}} over {{days}} days of delivery and review{{machines}}', {
          expectedDemand: units(i.expectedDemand, i.unit),
          days: number(Math.round(i.protectionDays)),
          machines:
            i.expectedByMachines > 0
              ? `, ${t('{{machines}} of them for machines', { machines: number(i.expectedByMachines) })}`
              : '',
        })}
      </dd>
      <dt>{t('Reorder point, order-up-to level')}</dt>
      <dd>
        {t('{{reorderPoint}}, {{orderUpTo}} (safety stock {{safetyStock}}; {{service}}{{level}})', {
          reorderPoint: number(i.reorderPoint),
          orderUpTo: number(i.orderUpTo),
          safetyStock: number(i.safetyStock),
          service: SERVICE_WORDS[kind],
          level: level === null ? '' : ` ${percent(level)}`,
        })}
      </dd>
      <dt>{t('Lead time')}</dt>
      <dd>
        {t('{{count}} days{{supplier}}{{assumed}}', {
          count: Math.round(i.leadTimeDays),
          supplier: i.supplier ? ` ${t('from {{supplier}}', { supplier: i.supplier })}` : '',
          assumed: i.leadTimeFrom === 'assumed' ? ` (${t('assumed: not in any table')})` : '',
        })}
      </dd>
      <dt>{t('Class')}</dt>
      <dd>
        {i.segment === undefined ? '' : `${i.segment}, `}
        {[i.class === 'none' ? t('no demand') : term(i.class), ...i.flags.map(term)].join(', ')}
      </dd>
      <dt>{t('Method')}</dt>
      <dd>
        {term(i.method)}: {i.why}
      </dd>
    </dl>
  );
}

const STREAM_WORDS = {
  planned: t('work is planned'),
  alarmed: t('an alert stands'),
  quiet: t('watched, no alert'),
  unwatched: t('not watched'),
};

function Machines({ item }: { item: PlanItem }) {
  const keys = machines.value.map(({ health }) => keyOf(health));
  const known = new Map(
    keys.flatMap((key) => [[key, key] as const, [key.slice(key.lastIndexOf('/') + 1), key] as const]),
  );
  return (
    <>
      <h3>{t('Machines behind the demand')}</h3>
      <ScrollTable
        label={t('Machines behind the demand')}
        head={[t('Machine'), t('Probability'), t('Units'), t('Reason')]}
      >
        {item.machines.map((m) => (
          <tr key={m.machine} data-machine={m.machine}>
            <th scope="row">
              {known.has(m.machine) ? <a href={`#/machine/${known.get(m.machine)}`}>{m.machine}</a> : m.machine}
            </th>
            <td>{percent(m.chance)}</td>
            <td>{number(m.expected)}</td>
            <td>{STREAM_WORDS[m.stream]}</td>
          </tr>
        ))}
      </ScrollTable>
    </>
  );
}

/** Tries another service, stock, lead time or demand on this item; nothing is stored. */
function WhatIf({ item }: { item: PlanItem }) {
  const usual = String(Math.round(1000 * (item.service.level ?? 0.95)) / 10);
  const service = useSignal(usual);
  const stock = useSignal(String(item.stock));
  const leadTime = useSignal('1');
  const demand = useSignal('1');
  const whatIfPlan = useSignal<PlanItem | null>(null);
  const message = useSignal<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    message.value = t('Planning …');
    try {
      // Unchanged fields are not sent: a level alone would reset the kind of service.
      const changed = { service: service.value !== usual, stock: stock.value !== String(item.stock) };
      whatIfPlan.value = await api.whatIf(item.item, item.site, {
        ...(changed.service ? { serviceLevel: Number(service.value) / 100 } : {}),
        ...(changed.stock ? { stock: Number(stock.value), site: item.site } : {}),
        leadTimeFactor: Number(leadTime.value),
        demandFactor: Number(demand.value),
      });
      message.value = null;
    } catch (reason) {
      message.value = reason instanceof Error ? reason.message : String(reason);
    }
  };
  const field = (label: string, value: typeof service, least: number, most: number) => (
    <label>
      {label}
      <input
        type="number"
        required
        step="any"
        min={least}
        max={most}
        value={value.value}
        onInput={(e) => (value.value = e.currentTarget.value)}
      />
    </label>
  );
  const plan = whatIfPlan.value;
  return (
    <>
      <h3>{t('What if')}</h3>
      <form class="acknowledge" onSubmit={(e) => void submit(e)}>
        {field(t('Service, %'), service, 50, 99.9)}
        {field(t('In stock'), stock, 0, 1e9)}
        {field(t('Lead time factor'), leadTime, 0.01, 100)}
        {field(t('Demand factor'), demand, 0.01, 100)}
        <button type="submit">{t('Try')}</button>
      </form>
      <p role="status" data-what-if>
        {message.value}
        {plan &&
          !message.value &&
          t(
            'Would order {{orderNow}} for {{orderCost}}; reorder point {{reorderPoint}}, order-up-to level {{orderUpTo}}; run-out risk before a delivery {{runOutProbability}}. Nothing was kept.',
            {
              orderNow: units(plan.orderNow, plan.unit),
              orderCost: money(plan.orderCost, plan.currency),
              reorderPoint: number(plan.reorderPoint),
              orderUpTo: number(plan.orderUpTo),
              runOutProbability: percent(plan.runOutProbability),
            },
          )}
      </p>
    </>
  );
}
