import type { PlanException } from '#models/contracts/planDecision.ts';
import { api } from '../api.ts';
import { money } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { ScrollTable } from '../scroll.tsx';
import { mayUse, recordedName } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { useChange } from '../useChange.ts';
import { useLoaded } from '../useLoaded.ts';
import { planHref } from './planHref.ts';

const SHOWN = 20;

const KIND_WORDS: Record<PlanException['kind'], string> = {
  order: t('Order due'),
  over_budget: t('Beyond the budget'),
  late_delivery: t('Late delivery'),
  not_ordered: t('Accepted, not ordered'),
  transfer: t('Transfer due'),
  dead_stock: t('Dead stock'),
  excess_stock: t('Excess stock'),
};

/** Plan exceptions, ranked by the money at stake. */
export function Exceptions({ currency }: { currency: string | undefined }) {
  const { problem, change } = useChange();
  const { value, error } = useLoaded(() => api.planExceptions(SHOWN), [planVersion.value]);
  const shown = value.value ?? [];
  const accept = async ({ item, site }: PlanException) => {
    const { item: planned } = await api.planItem(item, site);
    await api.decide(item, site, recordedName(), { action: 'accept', quantity: planned.orderNow });
    planVersion.value++;
  };
  return (
    <>
      <h3>{t('Needs your decision')}</h3>
      {(error.value ?? problem.value) && <p role="alert">{error.value ?? problem.value}</p>}
      {value.value !== null && shown.length === 0 && <p class="empty">{t('Nothing needs a decision.')}</p>}
      {shown.length > 0 && (
        <ScrollTable
          label={t('Plan exceptions by the money at stake')}
          head={[t('Item'), t('Exception'), t('At stake'), t('Why'), t('Recommendation'), t('Decide')]}
        >
          {shown.map((e) => (
            <tr key={`${e.kind}/${e.item}/${e.site}`} data-exception={e.item}>
              <th scope="row">
                <a href={planHref(e)}>
                  {e.item}
                  {e.site ? ` @ ${e.site}` : ''}
                </a>
              </th>
              <td>{KIND_WORDS[e.kind]}</td>
              <td>{money(e.atStake, currency)}</td>
              <td>{e.text}</td>
              <td>{e.recommendation}</td>
              <td>
                {e.kind === 'order' && mayUse('decisions') && (
                  <button
                    type="button"
                    aria-label={t('Accept the order of {{item}}', { item: e.item })}
                    onClick={() => void change(() => accept(e))}
                  >
                    {t('Accept')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </>
  );
}
