/** How verdicts on rows agree with labels. */
export interface RowMetrics {
  rows: number;
  anomalous: number;
  f1: number;
  precision: number;
  recall: number;
  /** Part of the normal rows flagged; of the anomalous rows missed. */
  falseAlarmRate: number;
  missedRate: number;
  /** F1 of flagging every row, which any useful detector exceeds. */
  f1OfFlaggingAll: number;
}

/**
 * Precision, recall, F1 and error rates over all rows together; a rate without any rows is 0.
 * @param flagged verdict on each row.
 * @param anomalous label of each row, as many.
 */
export function rowMetrics(flagged: readonly boolean[], anomalous: readonly boolean[]): RowMetrics {
  let [hits, falseAlarms, missed] = [0, 0, 0];
  flagged.forEach((flag, i) => {
    if (flag && anomalous[i]) hits++;
    else if (flag) falseAlarms++;
    else if (anomalous[i]) missed++;
  });
  const positives = hits + missed;
  const normal = flagged.length - positives;
  const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
  return {
    rows: flagged.length,
    anomalous: positives,
    f1: ratio(2 * hits, 2 * hits + falseAlarms + missed),
    precision: ratio(hits, hits + falseAlarms),
    recall: ratio(hits, positives),
    falseAlarmRate: ratio(falseAlarms, normal),
    missedRate: ratio(missed, positives),
    f1OfFlaggingAll: ratio(2 * positives, positives + flagged.length),
  };
}
