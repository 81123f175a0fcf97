import { api } from '../api.ts';
import { money, number, percent, time } from '../format.ts';
import { ScrollTable } from '../scroll.tsx';
import { alerts, keyOf } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { TASK_WORDS, WorkOrderList } from '../workOrders.tsx';

const DAYS = 7;

/** Machines with open alerts, ranked by the risk avoided per hour of work, and the work orders. */
export function WorkPage() {
  const { value, error } = useLoaded(() => api.workList(DAYS), [alerts.value]);
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      <section aria-labelledby="work-title">
        <h2 id="work-title">Work list for {DAYS} days</h2>
        <p class="quiet">
          The risk avoided is the probability that the fault exists, times the probability that it stops the machine
          within {DAYS} days, times the extra cost of an unplanned stop, less the cost of an unnecessary inspection.
          Costs and hours come from the gateway’s configuration.
        </p>
        {value.value === null && !error.value && <p role="status">Loading …</p>}
        {value.value?.items.length === 0 && <p class="empty">No machine has an open alert.</p>}
        {value.value !== null && value.value.items.length > 0 && (
          <ScrollTable
            label="Work list"
            head={[
              'Machine',
              'Fault',
              'Work',
              'Fault probability',
              `Stops within ${DAYS} days`,
              `Risk avoided (${value.value.currency})`,
              'Hours',
              `${value.value.currency} an hour`,
              'Owner',
              'Since',
            ]}
          >
            {value.value.items.map((item) => (
              <tr key={keyOf(item)}>
                <td>
                  <a href={`#/machine/${keyOf(item)}`}>{item.asset}</a>
                  <br />
                  <span class="quiet">{[item.site, item.area, item.line].filter(Boolean).join(' / ')}</span>
                </td>
                <td>{item.text}</td>
                <td>{TASK_WORDS[item.task]}</td>
                <td>{percent(item.chanceTrue)}</td>
                <td>{percent(item.chanceOfStop)}</td>
                <td>{money(item.riskAvoided)}</td>
                <td>{number(item.hours)}</td>
                <td>{money(item.riskPerHour)}</td>
                <td>{item.assignedTo ?? 'nobody'}</td>
                <td>{time(item.raisedAtMs)}</td>
              </tr>
            ))}
          </ScrollTable>
        )}
      </section>
      <WorkOrderList />
    </>
  );
}
