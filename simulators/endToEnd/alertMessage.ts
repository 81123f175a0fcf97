import type { AlertMessage } from '#models/contracts/alert.ts';

interface AlertOfTest {
  sequence: number;
  asset: string;
  change?: AlertMessage['change'];
  severity?: AlertMessage['severity'];
}

/** An alert of a machine of site `plant`, as published by edge `e1` now. */
export const alertMessage = ({
  sequence,
  asset,
  change = 'raise',
  severity = 'warning',
}: AlertOfTest): AlertMessage => ({
  v: 1,
  site: 'plant',
  edge: 'e1',
  outbox: 'o1',
  sequence,
  oldest: 1,
  timeMs: Date.now(),
  timeQuality: 'source',
  id: `plant.e1.${asset}`,
  asset,
  point: '1H',
  change,
  severity,
  raisedAtMs: Date.now(),
  text: `${asset} fails`,
  index: 2,
  evidence: { contributions: [], diagnosis: { fault: 'undetermined', confidence: 0, reasons: [] } },
  remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'm' },
});
