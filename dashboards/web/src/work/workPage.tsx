import type { WorkItem } from '#models/contracts/workOrder.ts';
import { alertTitle } from '../alerts/alertTitle.ts';
import { api } from '../api.ts';
import { money, number, percent, time } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { NameOf } from '../machineName.tsx';
import { ScrollTable } from '../scroll.tsx';
import { alerts, keyOf, machineOf } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { WorkOrderList } from '../workOrders.tsx';
import { TASK_WORDS } from './taskWords.ts';

const DAYS = 7;

/** Machines with open alerts, ranked by the risk avoided per hour of work, and the work orders. */
export function WorkPage() {
  const { value, error } = useLoaded(() => api.workList(DAYS), [alerts.value]);
  return (
    <>
      {error.value && <p role="alert">{error.value}</p>}
      <section aria-labelledby="work-title">
        <h2 id="work-title">{t('Work list for {{days}} days', { days: DAYS })}</h2>
        <p class="quiet">
          {t(
            'The risk avoided is the probability that the fault exists, times the probability that it stops the machine within {{days}} days, times the extra cost of an unplanned stop, less the cost of an unnecessary inspection. Costs and hours come from the gateway’s configuration.',
            { days: DAYS },
          )}
        </p>
        {value.value === null && !error.value && <p role="status">{t('Loading …')}</p>}
        {value.value?.items.length === 0 && <p class="empty">{t('No machine has an open alert.')}</p>}
        {value.value !== null && value.value.items.length > 0 && (
          <ScrollTable
            label={t('Work list')}
            head={[
              t('Machine'),
              t('Fault'),
              t('Work'),
              t('Fault probability'),
              t('Stops within {{days}} days', { days: DAYS }),
              t('Risk avoided ({{currency}})', { currency: value.value.currency }),
              t('Hours'),
              t('{{currency}} an hour', { currency: value.value.currency }),
              t('Owner'),
              t('Since'),
            ]}
          >
            {value.value.items.map((item) => (
              <tr key={keyOf(item)}>
                <td>
                  <a href={`#/machine/${keyOf(item)}`}>
                    <NameOf {...item} />
                  </a>
                  <br />
                  <span class="quiet">{[item.site, item.area, item.line].filter(Boolean).join(' / ')}</span>
                </td>
                <td>{titleOf(item)}</td>
                <td>{TASK_WORDS[item.task]}</td>
                <td>{percent(item.chanceTrue)}</td>
                <td>{percent(item.chanceOfStop)}</td>
                <td>{money(item.riskAvoided)}</td>
                <td>{number(item.hours)}</td>
                <td>{money(item.riskPerHour)}</td>
                <td>{item.assignedTo ?? t('nobody')}</td>
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

/** The title of the item's worst alert; the gateway's text if the page does not have that alert. */
function titleOf(item: WorkItem): string {
  const worst = alerts.value.find(({ id, text }) => item.alerts.includes(id) && text === item.text);
  const machine = machineOf(item);
  return worst === undefined ? item.text : alertTitle(worst, machine);
}
