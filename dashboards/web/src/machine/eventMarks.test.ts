import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { eventMarks } from './eventMarks.ts';

test('alerts, all their findings, and approved work orders are marked at their times', () => {
  const alert = {
    raisedAtMs: 1000,
    evidence: { diagnosis: { fault: 'outer_race' } },
    findings: [
      { finding: 'nothing_found', atMs: 2000 },
      { finding: 'confirmed', atMs: 3000 },
    ],
    finding: { finding: 'confirmed', atMs: 3000 },
  } as unknown as AlertRecord;
  const order = { task: 'repair', state: 'done', createdMs: 1500, decidedMs: 4000 } as unknown as WorkOrder;
  const rejected: WorkOrder = { ...order, state: 'rejected' };
  expect(eventMarks([alert], [order, rejected])).toEqual([
    { x: 1, name: 'outer race', kind: 'alert' },
    { x: 2, name: 'Nothing found', kind: 'finding' },
    { x: 3, name: 'Confirmed', kind: 'finding' },
    { x: 4, name: 'Repair', kind: 'repair' },
  ]);
});
