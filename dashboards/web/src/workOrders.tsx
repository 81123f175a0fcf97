import { useSignal } from '@preact/signals';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { number, time } from './format.ts';
import { t } from './i18n/i18n.ts';
import { NameOf } from './machineName.tsx';
import { mayUse, recordedName, session } from './session/session.ts';
import { decideOrder, keyOf, workOrders } from './state.ts';
import { TASK_WORDS } from './work/taskWords.ts';

const STATE_WORDS: Record<WorkOrder['state'], string> = {
  proposed: t('Waits for approval'),
  approved: t('Approved, not sent yet'),
  sent: t('In the maintenance system'),
  done: t('Done'),
  rejected: t('Rejected'),
  withdrawn: t('Withdrawn'),
  failed: t('Refused by the maintenance system'),
};

/** Open work orders; nothing if there are none. */
export function WorkOrderList() {
  if (workOrders.value.length === 0) return null;
  return (
    <>
      <h2>{t('Work orders ({{count}})', { count: workOrders.value.length })}</h2>
      <ul class="work-orders">
        {workOrders.value.map((order) => (
          <WorkOrderItem key={order.id} order={order} />
        ))}
      </ul>
    </>
  );
}

function WorkOrderItem({ order }: { order: WorkOrder }) {
  return (
    <li class="work-order" data-order={order.id}>
      <a href={`#/machine/${keyOf(order)}`}>
        {TASK_WORDS[order.task]} <NameOf {...order} />
      </a>
      , {number(order.amount)} {order.currency}: <strong>{STATE_WORDS[order.state]}</strong>
      {order.externalId && ` ${t('as {{order}}', { order: order.externalId })}`}
      {order.externalStatus && ` (${order.externalStatus})`}
      <p class="quiet">
        {time(order.createdMs)}: {order.text}.
        {order.decidedBy && ` ${t('Approved by {{name}}.', { name: order.decidedBy })}`}
        {order.error && ` ${t('Last attempt: {{error}}', { error: order.error })}`}
      </p>
      {mayDecide(order) && <Decision order={order} />}
    </li>
  );
}

/** Whether this user may decide on a pending order. */
function mayDecide({ state, approvers }: WorkOrder): boolean {
  const role = session.value?.role ?? null;
  const isApprover = role === null || role === 'administrator' || approvers.includes(role);
  return state === 'proposed' && mayUse('workOrders') && isApprover;
}

function Decision({ order: { id } }: { order: WorkOrder }) {
  const reason = useSignal('');
  const decide = (what: 'approve' | 'reject') =>
    void decideOrder(id, what, recordedName(), reason.value.trim() || undefined);
  return (
    <p class="actions">
      <label>
        {t('Reason')}{' '}
        <input maxLength={1000} value={reason.value} onInput={(e) => (reason.value = e.currentTarget.value)} />
      </label>
      <button type="button" onClick={() => decide('approve')}>
        {t('Approve')}
      </button>
      <button type="button" onClick={() => decide('reject')}>
        {t('Reject')}
      </button>
    </p>
  );
}
