/** What is known of a machine's vibration alert when another machine's may be cross-talk of it. */
export interface CoupledAlert {
  machine: string;
  raisedAtMs: number;
  /** Its largest index, in alert limits. */
  peak: number;
}

/**
 * The machine whose vibration an alert may show through a coupling or a common frame: the first of the coupled machines
 * that was alerted before, and further beyond its limit. Null where the alert's own machine is the first or the largest.
 * Transmitted vibration comes later and is weaker. Source: argument. Pure.
 * @param own alert. @param coupled active alerts of machines that are coupled to it.
 */
export function crossTalkOrigin(own: Omit<CoupledAlert, 'machine'>, coupled: readonly CoupledAlert[]): string | null {
  const [first] = coupled
    .filter((other) => other.raisedAtMs < own.raisedAtMs && other.peak > own.peak)
    .toSorted((a, b) => a.raisedAtMs - b.raisedAtMs);
  return first?.machine ?? null;
}
