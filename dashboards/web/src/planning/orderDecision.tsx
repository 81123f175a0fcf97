import { useSignal } from '@preact/signals';
import type { PlanItem } from '#models/contracts/plan.ts';
import type { OrderDecision } from '#models/contracts/planDecision.ts';
import { api } from '../api.ts';
import { money, percent, time, units } from '../format.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { useChange } from '../useChange.ts';

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
      effect.value = 'Planning …';
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
      <h3>Decide on the order</h3>
      {problem.value && <p role="alert">{problem.value}</p>}
      <form
        class="take"
        onSubmit={(event) => {
          event.preventDefault();
          void decide({ action: 'accept', quantity: Number(quantity.value), ...because });
        }}
      >
        <label>
          Quantity{item.unit ? `, ${item.unit}` : ''}{' '}
          <input
            type="number"
            name="quantity"
            required
            min={0}
            step="any"
            value={quantity.value}
            onInput={(e) => (quantity.value = e.currentTarget.value)}
          />
        </label>
        <label>
          Reason{' '}
          <input
            name="reason"
            maxLength={1000}
            value={reason.value}
            onInput={(e) => (reason.value = e.currentTarget.value)}
          />
        </label>
        <button type="button" disabled={quantity.value === ''} onClick={() => void tryOut()}>
          Show the effect
        </button>
        <button type="submit">Accept the order</button>
        <button
          type="button"
          disabled={isReasonMissing || quantity.value === ''}
          onClick={() => void decide({ action: 'freeze', quantity: Number(quantity.value), ...because })}
        >
          Freeze the quantity
        </button>
        <label>
          Not before{' '}
          <input type="date" name="until" value={until.value} onInput={(e) => (until.value = e.currentTarget.value)} />
        </label>
        <button
          type="button"
          disabled={isReasonMissing || until.value === ''}
          onClick={() => void decide({ action: 'delay', until: until.value, ...because })}
        >
          Delay the order
        </button>
      </form>
      <p class="quiet">Freezing or delaying an order needs a reason.</p>
      <p role="status" data-effect>
        {effect.value}
      </p>
    </>
  );
}

/** The effect of another quantity, in one sentence. */
function effectOf(whatIfItem: PlanItem, now: PlanItem): string {
  const [before, after] = [now.runOutAfterOrder ?? 0, whatIfItem.runOutAfterOrder ?? 0];
  return `${units(whatIfItem.orderNow, whatIfItem.unit)} for ${money(whatIfItem.orderCost, whatIfItem.currency)} instead of ${units(now.orderNow, now.unit)} for ${money(now.orderCost, now.currency)}: the risk of running out before the following order could arrive is ${percent(after)} instead of ${percent(before)}.`;
}

const STATE_WORDS: Record<OrderDecision['state'], string> = {
  open: 'decided',
  ordered: 'ordered',
  received: 'received',
  cancelled: 'cancelled',
  withdrawn: 'withdrawn',
  replaced: 'replaced by a later decision',
  ended: 'ended',
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
}: OrderDecision): string {
  const what = {
    accept: `order of ${quantity} accepted`,
    freeze: `quantity frozen at ${quantity}`,
    delay: `no order before ${until}`,
  }[action];
  const outcome = action === 'accept' && state === 'open' ? 'not ordered yet' : STATE_WORDS[state];
  return `${what}, ${outcome}${order === null ? '' : ` as ${order}`} (${who}, ${time(decidedAtMs)}${reason === null ? '' : `: ${reason}`})`;
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
          Withdraw
        </button>
      )}
      {problem.value && <span role="alert">{problem.value}</span>}
    </p>
  );
}
