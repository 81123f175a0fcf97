import { expect, test } from 'vitest';
import { decideWorkOrder, type WorkOrderRule } from './workOrderRule.ts';

const costs = { plannedStop: 2000, unplannedStop: 12_000, inspection: 150 };
const pump = { site: 'north', machine: 'pump-1', kind: 'pump', severity: 'warning' as const };
const rules: WorkOrderRule[] = [
  { match: { kinds: ['compressor'] }, automaticUpTo: 0, approvedBy: ['planner'] },
  { match: { machines: ['pump-*'], sites: ['north'] }, automaticUpTo: 150, approvedBy: ['engineer'] },
];

test('a warning is inspected, a critical alert repaired; an amount equal to the limit needs no approval', () => {
  expect(decideWorkOrder(rules, pump, costs)).toEqual({
    task: 'inspect',
    amount: 150,
    isAutomatic: true,
    approvers: ['engineer'],
  });
  expect(decideWorkOrder(rules, pump, { ...costs, inspection: 150.01 })?.isAutomatic).toBe(false);
  expect(decideWorkOrder(rules, { ...pump, severity: 'critical' }, costs)).toMatchObject({
    task: 'repair',
    amount: 2000,
    isAutomatic: false,
  });
});

test('the first matching rule decides; without one there is no order', () => {
  expect(decideWorkOrder(rules, { ...pump, kind: 'compressor' }, costs)?.approvers).toEqual(['planner']);
  expect(decideWorkOrder(rules, { ...pump, site: 'south' }, costs)).toBeNull();
  expect(decideWorkOrder(rules, { ...pump, machine: 'fan-1', kind: undefined }, costs)).toBeNull();
});
