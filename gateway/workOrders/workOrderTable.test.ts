import { describe, expect, test } from 'vitest';
import { alertStore, takeAlert } from '../store/alertStore.fixture.ts';
import type { DecideOrder } from './workOrderTable.ts';

/** Inspections for 150 without approval, repairs for 2,000 with an engineer's; no orders for fans. */
const decide: DecideOrder = ({ asset, severity }) => {
  if (asset === 'fan') return null;
  const isRepair = severity === 'critical';
  return {
    task: isRepair ? 'repair' : 'inspect',
    amount: isRepair ? 2000 : 150,
    currency: 'EUR',
    isAutomatic: !isRepair,
    approvers: ['engineer'],
  };
};
const ann = { by: 'Ann', role: 'engineer' as const };
const states = ({ store }: ReturnType<typeof orders>) =>
  store.workOrders
    .list('all', 100)
    .reverse()
    .map((o) => `${o.asset} ${o.task} ${o.state}`);

const orders = () => alertStore(undefined, decide);

describe('alerts that create an order', () => {
  test('one per machine, whatever its further symptoms; none without a rule, for integrators, or while suppressed', () => {
    const made = orders();
    takeAlert(made.store, { id: 'a', asset: 'pump' });
    takeAlert(made.store, { id: 'a', asset: 'pump', change: 'update' });
    takeAlert(made.store, { id: 'b', asset: 'pump' });
    takeAlert(made.store, { id: 'c', asset: 'fan' });
    takeAlert(made.store, { id: 'd', asset: 'motor', audience: 'integrator' });
    made.store.suppress({ by: 'Ann', kind: 'maintenance', site: 's', untilMs: made.clock.ms + 9e5, reason: 'r' });
    made.store.changeDue();
    takeAlert(made.store, { id: 'e', asset: 'gear' });
    expect(states(made)).toEqual(['pump inspect approved']);
    made.clock.ms += 1e6;
    made.store.changeDue();
    expect(states(made)).toEqual(['pump inspect approved', 'gear inspect approved']);
  });

  test('a critical alert upgrades an unsent inspection to a repair, but not a sent one', () => {
    const made = orders();
    takeAlert(made.store, { id: 'a', asset: 'pump' });
    takeAlert(made.store, { id: 'a', asset: 'pump', severity: 'critical', change: 'update' });
    expect(states(made)).toEqual(['pump inspect withdrawn', 'pump repair proposed']);
    takeAlert(made.store, { id: 'b', asset: 'motor' });
    const [order] = made.store.workOrders.due(10);
    made.store.workOrders.sent(order, 'WO-1', 0);
    takeAlert(made.store, { id: 'b', asset: 'motor', severity: 'critical', change: 'update' });
    expect(states(made).slice(2)).toEqual(['motor inspect sent']);
  });

  test('the return of its alert withdraws an unsent order; one that the system may have is kept', () => {
    const made = orders();
    for (const asset of ['pump', 'motor', 'gear']) takeAlert(made.store, { id: asset, asset });
    const [, motor, gear] = made.store.workOrders.due(10);
    made.store.workOrders.failed(motor, 'no answer', 0);
    made.store.act('pump', { action: 'close', finding: 'false_alarm' }, 'Ann');
    for (const asset of ['motor', 'gear']) takeAlert(made.store, { id: asset, asset, change: 'return' });
    expect(states(made)).toEqual(['pump inspect withdrawn', 'motor inspect approved', 'gear inspect withdrawn']);
    // It was being sent when its alert returned, so the system has it now.
    made.store.workOrders.sent(gear, 'WO-3', 0);
    expect(states(made)[2]).toBe('gear inspect sent');
  });

  test('an attempt that fails after its order was withdrawn does not restore the order', () => {
    const made = orders();
    takeAlert(made.store, { id: 'a', asset: 'pump' });
    const [order] = made.store.workOrders.due(10);
    takeAlert(made.store, { id: 'a', asset: 'pump', change: 'return' });
    made.store.workOrders.failed(order, 'no answer', 0);
    expect(made.store.workOrders.get(order.id)).toMatchObject({ state: 'withdrawn', error: null });
    expect(made.store.workOrders.due(10)).toEqual([]);
  });
});

describe('decisions', () => {
  const proposed = () => {
    const made = orders();
    takeAlert(made.store, { id: 'a', asset: 'pump', severity: 'critical' });
    const [order] = made.store.workOrders.list('open', 10);
    return { ...made, order };
  };

  test('an order above the limit waits for approval by a permitted role, and is then sent', () => {
    const { store, order } = proposed();
    expect(store.workOrders.due(10)).toEqual([]);
    expect(store.workOrders.decide(order.id, 'approve', { by: 'Bob', role: 'operator' }, null)).toEqual({
      fault: 'an order of 2000 EUR needs administrator or engineer',
    });
    expect(store.workOrders.decide(order.id, 'approve', ann, 'stop on Friday')).toMatchObject({
      state: 'approved',
      decidedBy: 'Ann',
      reason: 'stop on Friday',
    });
    expect(store.workOrders.due(10)).toHaveLength(1);
    expect(store.workOrders.decide(order.id, 'reject', ann, null)).toEqual({ fault: 'the order is approved' });
    expect(store.workOrders.decide('99', 'approve', ann, null)).toBeNull();
  });

  test('a rejected order is never sent, and another alert of the machine proposes a new one', () => {
    const { store, order } = proposed();
    store.workOrders.decide(order.id, 'reject', ann, 'known');
    expect(store.workOrders.due(10)).toEqual([]);
    takeAlert(store, { id: 'b', asset: 'pump', severity: 'critical' });
    expect(store.workOrders.list('open', 10)).toMatchObject([{ alert: 'b', state: 'proposed' }]);
  });

  test('a person can retry an abandoned order', () => {
    const { store, order } = proposed();
    store.workOrders.decide(order.id, 'approve', ann, null);
    store.workOrders.failed(store.workOrders.due(1)[0], 'the receiver answered 503', null);
    expect(store.workOrders.get(order.id)).toMatchObject({ state: 'failed', error: 'the receiver answered 503' });
    expect(store.workOrders.decide(order.id, 'approve', ann, null)).toMatchObject({ state: 'approved' });
  });

  test('every step is recorded in the audit log', () => {
    const { store, order } = proposed();
    store.workOrders.decide(order.id, 'approve', ann, null);
    store.workOrders.sent(store.workOrders.due(1)[0], 'WO-7', 0);
    store.workOrders.followed(store.workOrders.toFollow(1)[0], 'CLOSED', true, 0);
    expect(store.auditLog(0, 100).entries.map(({ who, what, detail }) => [who, what, detail])).toEqual([
      ['policy', 'work_order_proposed', 'a'],
      ['Ann', 'work_order_approved', null],
      ['system', 'work_order_sent', 'WO-7'],
      ['system', 'work_order_done', 'CLOSED'],
    ]);
  });
});
