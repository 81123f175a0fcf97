import { describe, expect, test } from 'vitest';
import type { OrderDecision } from '#models/contracts/planDecision.ts';
import { noSupply } from '#models/supply/supplyTables.ts';
import { fixedOrders, fixedTransfers, trackDecisions, withAccepted } from './orderDecisions.ts';

const decision = (more: Partial<OrderDecision> = {}): OrderDecision => ({
  id: '1',
  item: 'belt',
  site: 'north',
  action: 'accept',
  quantity: 12,
  until: null,
  proposed: 10,
  reason: null,
  by: 'eve',
  decidedAtMs: Date.UTC(2026, 5, 10, 15),
  updatedAtMs: 0,
  state: 'open',
  order: null,
  ordersBefore: ['PO-1'],
  ...more,
});
const order = (name: string, ordered: string, more: object = {}) => ({
  order: name,
  item: 'belt',
  quantity: 12,
  ordered,
  ...more,
});
const track = (decisions: OrderDecision[], orders: ReturnType<typeof order>[], today = '2026-06-20') =>
  trackDecisions(decisions, orders, today).map(({ id, state, order }) => ({ id, state, order }));

describe('an accepted proposal', () => {
  test('is fulfilled by the first new order of its item on or after its day', () => {
    const orders = [
      order('PO-1', '2026-06-10'),
      order('PO-0', '2026-06-09'),
      order('PO-3', '2026-06-12'),
      order('PO-2', '2026-06-10'),
      order('PO-4', '2026-06-10', { site: 'south' }),
    ];
    expect(track([decision()], orders)).toEqual([{ id: '1', state: 'ordered', order: 'PO-2' }]);
  });

  test('is cancelled on the day its order is, not before', () => {
    const at = (cancelled: string) => track([decision()], [order('PO-2', '2026-06-12', { cancelled })])[0].state;
    expect(at('2026-06-20')).toBe('cancelled');
    expect(at('2026-06-21')).toBe('ordered');
  });

  test('shares no order with another decision', () => {
    const both = [decision({ id: '2', decidedAtMs: Date.UTC(2026, 5, 11) }), decision()];
    const orders = [order('PO-2', '2026-06-12')];
    expect(track(both, orders)).toEqual([{ id: '1', state: 'ordered', order: 'PO-2' }]);
    const later = [...orders, order('PO-3', '2026-06-14')];
    expect(track([decision({ state: 'ordered', order: 'PO-2' }), both[0]], later)).toEqual([
      { id: '2', state: 'ordered', order: 'PO-3' },
    ]);
  });

  test('is tracked until its receipt or cancellation', () => {
    const ordered = decision({ state: 'ordered', order: 'PO-2' });
    expect(track([ordered], [order('PO-2', '2026-06-10')])).toEqual([]);
    expect(track([ordered], [order('PO-2', '2026-06-10', { received: '2026-06-20' })])[0].state).toBe('received');
    expect(track([ordered], [order('PO-2', '2026-06-10', { received: '2026-06-21' })])).toEqual([]);
    expect(track([ordered], [order('PO-2', '2026-06-10', { cancelled: '2026-06-15' })])[0].state).toBe('cancelled');
    expect(track([decision({ state: 'withdrawn' })], [order('PO-2', '2026-06-12')])).toEqual([]);
  });

  test('counts as on order from its day until the purchase order exists', () => {
    const { purchases } = withAccepted(noSupply(), [
      decision(),
      decision({ id: '2', state: 'ordered', order: 'PO-2' }),
    ]);
    expect(purchases).toEqual([
      { order: 'decision 1', item: 'belt', site: 'north', quantity: 12, ordered: '2026-06-10' },
    ]);
  });
});

test('a delay ends on its day, and fixes the order at 0 until then', () => {
  const delay = decision({ action: 'delay', quantity: null, until: '2026-06-21' });
  expect(track([delay], [])).toEqual([]);
  expect(track([delay], [], '2026-06-21')[0].state).toBe('ended');
  expect([...fixedOrders([delay])]).toEqual([['belt\tnorth', 0]]);
  expect([...fixedOrders([{ ...delay, state: 'ended' }])]).toEqual([]);
});

test('a frozen proposal fixes its quantity; an accepted one does not', () => {
  expect([...fixedOrders([decision({ action: 'freeze', quantity: 7 })])]).toEqual([['belt\tnorth', 7]]);
  expect([...fixedOrders([decision()])]).toEqual([]);
});

describe('an accepted transfer', () => {
  const transfer = (more: Partial<OrderDecision> = {}) =>
    decision({ action: 'accept_transfer', from: 'south', ...more });

  test('is fulfilled by an order whose supplier is the sending site', () => {
    const orders = [
      order('PO-2', '2026-06-11', { supplier: 'SKF' }),
      order('STO-1', '2026-06-12', { supplier: 'south' }),
    ];
    expect(track([transfer()], orders)).toEqual([{ id: '1', state: 'ordered', order: 'STO-1' }]);
    expect(track([transfer()], [orders[0]])).toEqual([]);
  });

  test('counts as on order at one site and is deducted at the other until an order exists', () => {
    const given = { ...noSupply(), stock: [{ item: 'belt', site: 'south', quantity: 100 }] };
    const { purchases, stock } = withAccepted(given, [transfer()]);
    expect(purchases).toEqual([
      { order: 'decision 1', item: 'belt', quantity: 12, ordered: '2026-06-10', site: 'north' },
    ]);
    expect(stock).toEqual([...given.stock, { item: 'belt', site: 'south', quantity: -12 }]);
    expect(withAccepted(given, [transfer({ state: 'ordered' })])).toEqual(given);
  });

  test('fixes no order; a frozen one fixes its transfer', () => {
    const frozen = transfer({ action: 'freeze_transfer', quantity: 0 });
    expect(fixedOrders([transfer(), frozen])).toEqual(new Map());
    expect(fixedTransfers([transfer(), frozen])).toEqual([{ item: 'belt', from: 'south', to: 'north', quantity: 0 }]);
  });
});
