import { useSignal } from '@preact/signals';
import type { PlanItem } from '#models/contracts/plan.ts';
import { api } from '../api.ts';
import { money, number, percent, units } from '../format.ts';
import { ScrollTable } from '../scroll.tsx';
import { keyOf, machines, planVersion } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { FanChart } from './fanChart.tsx';
import { ForecastOverrides } from './forecastOverrides.tsx';
import { CurrentDecision, DecideOrder } from './orderDecision.tsx';

/** One item: order, decision, fan chart with actual demand, machines behind the demand, overrides and what-if. */
export function PlanItemPage({ item, site }: { item: string; site: string }) {
  const { value: view, error } = useLoaded(() => api.planItem(item, site), [item, site, planVersion.value]);
  const loaded = view.value;
  return (
    <section aria-labelledby="item-name">
      <p>
        <a href="#/plan">All items</a>
      </p>
      <h2 id="item-name">
        {item}
        {site ? ` @ ${site}` : ''} {loaded?.item.name && <small>{loaded.item.name}</small>}
      </h2>
      {error.value && <p role="alert">{error.value}</p>}
      {loaded && <Facts item={loaded.item} />}
      {loaded?.item.decision && <CurrentDecision decision={loaded.item.decision} />}
      {loaded && <DecideOrder key={loaded.item.orderNow} item={loaded.item} />}
      {loaded && <FanChart series={loaded.series} unit={loaded.item.unit} />}
      {loaded && loaded.series.outliers.length > 0 && (
        <p class="quiet">
          Outliers, kept: {loaded.series.outliers.map((o) => `${number(o.quantity)} in ${o.date}`).join(', ')}.
        </p>
      )}
      {loaded?.series.unitChange && (
        <p class="quiet">
          From {loaded.series.unitChange.date} on, demands are {number(loaded.series.unitChange.factor)} times their
          earlier size: the unit may have changed.
        </p>
      )}
      {loaded && loaded.item.machines.length > 0 && <Machines item={loaded.item} />}
      {loaded && <ForecastOverrides item={item} site={site} />}
      {loaded && <WhatIf item={loaded.item} />}
    </section>
  );
}

const SERVICE_WORDS = { cycle: 'cycle service', fill: 'fill rate', cost: 'least cost' };

function Facts({ item: i }: { item: PlanItem }) {
  const { kind, level } = i.service;
  return (
    <dl class="facts">
      <dt>Order now</dt>
      <dd data-order-now>
        {i.orderNow > 0
          ? `${units(i.orderNow, i.unit)}, for ${money(i.orderCost, i.currency)}${i.deferred ? (i.waitsFor ? ' (waits for the minimum order value of its supplier)' : ' (beyond the budget)') : ''}`
          : 'nothing'}
        {i.costOfWaiting > 0 ? `; waiting until the next review costs ${money(i.costOfWaiting, i.currency)}` : ''}
      </dd>
      {i.whyOrder !== undefined && (
        <>
          <dt>Why this quantity</dt>
          <dd data-why-order>{i.whyOrder}</dd>
        </>
      )}
      <dt>Stock and open orders</dt>
      <dd>
        {units(i.stock, i.unit)} in stock, {units(i.onOrder, i.unit)} on order
        {(i.openOrders ?? []).map(
          (o) => `; ${o.order}: ${number(o.quantity)} due ${o.promised ?? 'on an unknown date'}`,
        )}
      </dd>
      <dt>Run-out risk before a delivery</dt>
      <dd>
        {percent(i.runOutProbability)}
        {i.runOutDate ? `; expected to last until ${i.runOutDate}` : ''}
      </dd>
      <dt>Expected demand</dt>
      <dd>
        {units(i.expectedDemand, i.unit)} over {number(Math.round(i.protectionDays))} days of delivery and review
        {i.expectedByMachines > 0 ? `, ${number(i.expectedByMachines)} of them for machines` : ''}
      </dd>
      <dt>Reorder point, order-up-to level</dt>
      <dd>
        {number(i.reorderPoint)}, {number(i.orderUpTo)} (safety stock {number(i.safetyStock)}; {SERVICE_WORDS[kind]}
        {level === null ? '' : ` ${percent(level)}`})
      </dd>
      <dt>Lead time</dt>
      <dd>
        {number(Math.round(i.leadTimeDays))} days{i.supplier ? ` from ${i.supplier}` : ''}
        {i.leadTimeFrom === 'assumed' ? ' (assumed: not in any table)' : ''}
      </dd>
      <dt>Class</dt>
      <dd>
        {i.segment === undefined ? '' : `${i.segment}, `}
        {[i.class === 'none' ? 'no demand' : i.class, ...i.flags.map((f) => f.replaceAll('_', ' '))].join(', ')}
      </dd>
      <dt>Method</dt>
      <dd>
        {i.method.replaceAll('_', ' ')}: {i.why}
      </dd>
    </dl>
  );
}

const STREAM_WORDS = {
  planned: 'work is planned',
  alarmed: 'an alert stands',
  quiet: 'watched, no alert',
  unwatched: 'not watched',
};

function Machines({ item }: { item: PlanItem }) {
  const keys = machines.value.map(({ health }) => keyOf(health));
  const known = new Map(
    keys.flatMap((key) => [[key, key] as const, [key.slice(key.lastIndexOf('/') + 1), key] as const]),
  );
  return (
    <>
      <h3>Machines behind the demand</h3>
      <ScrollTable label="Machines behind the demand" head={['Machine', 'Probability', 'Units', 'Reason']}>
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
  const said = useSignal<string | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    said.value = 'Planning …';
    try {
      // Unchanged fields are not sent: a level alone would reset the kind of service.
      const changed = { service: service.value !== usual, stock: stock.value !== String(item.stock) };
      whatIfPlan.value = await api.whatIf(item.item, item.site, {
        ...(changed.service ? { serviceLevel: Number(service.value) / 100 } : {}),
        ...(changed.stock ? { stock: Number(stock.value), site: item.site } : {}),
        leadTimeFactor: Number(leadTime.value),
        demandFactor: Number(demand.value),
      });
      said.value = null;
    } catch (reason) {
      said.value = reason instanceof Error ? reason.message : String(reason);
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
  const t = whatIfPlan.value;
  return (
    <>
      <h3>What if</h3>
      <form class="acknowledge" onSubmit={(e) => void submit(e)}>
        {field('Service, %', service, 50, 99.9)}
        {field('In stock', stock, 0, 1e9)}
        {field('Lead time factor', leadTime, 0.01, 100)}
        {field('Demand factor', demand, 0.01, 100)}
        <button type="submit">Try</button>
      </form>
      <p role="status" data-what-if>
        {said.value}
        {t &&
          !said.value &&
          `Would order ${units(t.orderNow, t.unit)} for ${money(t.orderCost, t.currency)}; reorder point ${number(t.reorderPoint)}, order-up-to level ${number(t.orderUpTo)}; run-out risk before a delivery ${percent(t.runOutProbability)}. Nothing was kept.`}
      </p>
    </>
  );
}
