import type { AlertRecord, Finding } from '#models/contracts/alert.ts';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { FINDING_WORDS } from '../alerts/findingWords.ts';
import type { Mark } from '../chartDrawing.ts';
import { term } from '../i18n/i18n.ts';
import { TASK_WORDS } from '../work/taskWords.ts';

/** Approved work; rejected or withdrawn orders did not change the machine. */
const DECIDED: readonly WorkOrder['state'][] = ['approved', 'sent', 'done'];

/** A machine's events as marks on its trends: alerts, findings, and approved work. Pure. */
export function eventMarks(alerts: readonly AlertRecord[], orders: readonly WorkOrder[]): Mark[] {
  return [
    ...alerts.map((a): Mark => ({ x: a.raisedAtMs / 1000, name: term(a.evidence.diagnosis.fault), kind: 'alert' })),
    ...alerts
      .flatMap(findingsOf)
      .map((f): Mark => ({ x: f.atMs / 1000, name: FINDING_WORDS[f.finding], kind: 'finding' })),
    ...orders
      .filter(({ state }) => DECIDED.includes(state))
      .map(
        (o): Mark => ({
          x: (o.decidedMs ?? o.createdMs) / 1000,
          name: TASK_WORDS[o.task],
          kind: 'repair',
        }),
      ),
  ];
}

const findingsOf = ({ findings, finding }: AlertRecord): readonly Finding[] =>
  findings ?? (finding === undefined ? [] : [finding]);
