import { useSignal } from '@preact/signals';
import type { PlanItem } from '#models/contracts/plan.ts';
import type { OrderDecision } from '#models/contracts/planDecision.ts';
import { api } from '../api.ts';
import { day, money, number, percent, time, units } from '../format.ts';
import { t, term } from '../i18n/i18n.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { useChange } from '../useChange.ts';
import { QuantityField, ReasonField } from './decisionFields.tsx';

/** Decides on the order of an item: accepts it with any quantity, freezes the quantity, or delays it. */
export function DecideOrder({ item }: { item: PlanItem }) {
  const quantity = useSignal(String(item.orderNow || item.proposedOrder || ''));
  const [reason, until] = [useSignal(''), useSignal('')];
  const effect = useSignal<string | null>(null);
  const { problem, change } = useChange();
  if (!mayUse('decisions')) return null;
  const decide = (decision: object) =>
    change(async () => {
      await api.decide(item.item, item.site, recordedName(), decision);
      planVersion.value++;
    });
  const because = reason.value.trim() === '' ? {} : { reason: reason.value.trim() };
  const isReasonMissing = reason.value.trim() === '';
  const tryOut = () =>
    change(async () => {
      effect.value = t('Planning …');
      const whatIfItem = await api
        .whatIf(item.item, item.site, { site: item.site, order: Number(quantity.value) })
        .catch((error: unknown) => {
          effect.value = null;
          throw error;
        });
      effect.value = effectOf(whatIfItem, item);
    });
  return (
    <>
      <h3>{t('Decide on the order')}</h3>
      {problem.value && <p role="alert">{problem.value}</p>}
      <form
        class="take"
        onSubmit={(event) => {
          event.preventDefault();
          void decide({ action: 'accept', quantity: Number(quantity.value), ...because });
        }}
      >
        <QuantityField
          label={item.unit ? t('Quantity, {{unit}}', { unit: term(item.unit) }) : t('Quantity', { context: 'order' })}
          quantity={quantity}
        />
        <ReasonField reason={reason} />
        <button type="button" disabled={quantity.value === ''} onClick={() => void tryOut()}>
          {t('Show the effect')}
        </button>
        <button type="submit">{t('Accept the order')}</button>
        <button
          type="button"
          disabled={isReasonMissing || quantity.value === ''}
          onClick={() => void decide({ action: 'freeze', quantity: Number(quantity.value), ...because })}
        >
          {t('Freeze the quantity')}
        </button>
        <label>
          {t('Not before')}{' '}
          <input type="date" name="until" value={until.value} onInput={(e) => (until.value = e.currentTarget.value)} />
        </label>
        <button
          type="button"
          disabled={isReasonMissing || until.value === ''}
          onClick={() => void decide({ action: 'delay', until: until.value, ...because })}
        >
          {t('Delay the order')}
        </button>
      </form>
      <p class="quiet">{t('Freezing or delaying an order needs a reason.')}</p>
      <p role="status" data-effect>
        {effect.value}
      </p>
    </>
  );
}

/** The effect of another quantity, in one sentence. */
function effectOf(whatIfItem: PlanItem, now: PlanItem): string {
  const [before, after] = [now.runOutAfterOrder ?? 0, whatIfItem.runOutAfterOrder ?? 0];
  return t(
    '{{order}} for {{cost}} instead of {{orderBefore}} for {{costBefore}}: the risk of running out before the following order could arrive is {{after}} instead of {{before}}.',
    {
      order: units(whatIfItem.orderNow, whatIfItem.unit),
      cost: money(whatIfItem.orderCost, whatIfItem.currency),
      orderBefore: units(now.orderNow, now.unit),
      costBefore: money(now.orderCost, now.currency),
      after: percent(after),
      before: percent(before),
    },
  );
}

const STATE_WORDS: Record<OrderDecision['state'], string> = {
  open: t('decided'),
  ordered: t('ordered'),
  received: t('received'),
  cancelled: t('cancelled'),
  withdrawn: t('withdrawn'),
  replaced: t('replaced by a later decision'),
  ended: t('ended'),
};

/** A decision in one sentence. */
export function decisionText({
  action,
  quantity,
  until,
  by: who,
  reason,
  state,
  order,
  decidedAtMs,
  from,
}: OrderDecision): string {
  const sent = { quantity: quantity === null ? '' : number(quantity), site: from || '–' };
  const what = {
    accept: t('order of {{quantity}} accepted', { quantity: quantity === null ? '' : number(quantity) }),
    freeze: t('quantity frozen at {{quantity}}', { quantity: quantity === null ? '' : number(quantity) }),
    delay: t('no order before {{until}}', { until: until === null ? '' : day(until) }),
    accept_transfer: t('transfer of {{quantity}} from {{site}} accepted', sent),
    freeze_transfer: t('transfer from {{site}} frozen at {{quantity}}', sent),
  }[action];
  const outcome =
    (action === 'accept' || action === 'accept_transfer') && state === 'open'
      ? t('not ordered yet')
      : STATE_WORDS[state];
  return `${what}, ${outcome}${order === null ? '' : ` ${t('as {{order}}', { order })}`} (${who}, ${time(decidedAtMs)}${reason === null ? '' : `: ${reason}`})`;
}

/** The status of the requisition sent to the ERP system. */
function requisitionText({ requisition }: OrderDecision): string {
  if (requisition === undefined) return '';
  const { number: no, nextMs, error } = requisition;
  if (no !== null) return t('Requisition {{no}}.', { no });
  const failure = { error: error ?? '' };
  return nextMs === null
    ? t('The ERP system never accepted the requisition: {{error}}.', failure)
    : t('The ERP system has not accepted the requisition yet: {{error}}.', failure);
}

/** The decision in progress on an item; it can be withdrawn until an order exists. */
export function CurrentDecision({ decision }: { decision: OrderDecision }) {
  const { problem, change } = useChange();
  return (
    <p data-decision>
      {decisionText(decision)}{' '}
      {decision.state === 'open' && mayUse('decisions') && (
        <button
          type="button"
          onClick={() =>
            void change(async () => {
              await api.withdrawDecision(decision.id, recordedName());
              planVersion.value++;
            })
          }
        >
          {t('Withdraw')}
        </button>
      )}{' '}
      {decision.action === 'accept_transfer' &&
        (decision.state === 'open' || decision.state === 'ordered') &&
        mayUse('decisions') && (
          <button
            type="button"
            onClick={() =>
              void change(async () => {
                await api.transferReceived(decision.id, recordedName());
                planVersion.value++;
              })
            }
          >
            {t('Received')}
          </button>
        )}
      {requisitionText(decision)}
      {problem.value && <span role="alert">{problem.value}</span>}
    </p>
  );
}
