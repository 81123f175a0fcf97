import { useSignal } from '@preact/signals';
import type { PlanItem } from '#models/contracts/plan.ts';
import { api } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { mayUse, recordedName } from '../session/session.ts';
import { planVersion } from '../state.ts';
import { useChange } from '../useChange.ts';
import { QuantityField, ReasonField } from './decisionFields.tsx';
import { CurrentDecision } from './orderDecision.tsx';

/** Decides on transfers from other sites: accepts one with any quantity, or freezes the quantity. */
export function Transfers({ item }: { item: PlanItem }) {
  const { transfersIn = [], transferDecisions = [] } = item;
  if (transfersIn.length + transferDecisions.length === 0) return null;
  return (
    <>
      <h3>{t('Transfers to this site')}</h3>
      {transferDecisions.map((decision) => (
        <CurrentDecision key={decision.id} decision={decision} />
      ))}
      {mayUse('decisions') &&
        transfersIn.map(({ site, quantity }) => (
          <DecideTransfer key={`${site}/${quantity}`} item={item} from={site} proposed={quantity} />
        ))}
    </>
  );
}

function DecideTransfer({ item, from, proposed }: { item: PlanItem; from: string; proposed: number }) {
  const quantity = useSignal(String(proposed));
  const reason = useSignal('');
  const { problem, change } = useChange();
  const decide = (action: 'accept_transfer' | 'freeze_transfer') =>
    change(async () => {
      const because = reason.value.trim() === '' ? {} : { reason: reason.value.trim() };
      const decision = { action, from, quantity: Number(quantity.value), ...because };
      await api.decide(item.item, item.site, recordedName(), decision);
      planVersion.value++;
    });
  return (
    <form
      class="take"
      data-transfer-from={from}
      onSubmit={(event) => {
        event.preventDefault();
        void decide('accept_transfer');
      }}
    >
      <QuantityField label={t('From {{site}}', { site: from || t('the stock without a site') })} quantity={quantity} />
      <ReasonField reason={reason} />
      <button type="submit">{t('Accept the transfer')}</button>
      <button
        type="button"
        disabled={reason.value.trim() === '' || quantity.value === ''}
        onClick={() => void decide('freeze_transfer')}
      >
        {t('Freeze the quantity')}
      </button>
      {problem.value && <span role="alert">{problem.value}</span>}
    </form>
  );
}
