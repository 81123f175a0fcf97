import { coveredFaults, type Fault } from '#models/contracts/alert.ts';

/** A vibration alert of a machine whose vibration may reach a coupled one. */
export interface CoupledAlert {
  machine: string;
  raisedAtMs: number;
  /** Its largest index, in multiples of the alert limit. */
  peak: number;
  /** What it is diagnosed as. */
  fault: Fault;
}

/**
 * The machine whose vibration may have caused an alert through a coupling or a common frame: the first of the coupled
 * machines that alarmed earlier and is further above its limit. Null if the alert's own machine is the first or the
 * largest. Transmitted vibration arrives later and is weaker. Source: argument. Pure.
 * @param own alert. @param coupled active alerts of machines that are coupled to it.
 */
export function crossTalkOrigin(
  own: Pick<CoupledAlert, 'raisedAtMs' | 'peak'>,
  coupled: readonly CoupledAlert[],
): CoupledAlert | null {
  const [first] = coupled
    .filter((other) => other.raisedAtMs < own.raisedAtMs && other.peak > own.peak)
    .toSorted((a, b) => a.raisedAtMs - b.raisedAtMs);
  return first ?? null;
}

/**
 * Whether a machine's diagnosis allows its vibration to be attributed to the machine that may transmit it: it names
 * nothing, or the same fault. A fault that the other machine does not have is its own.
 */
export function isAttributable(own: Fault, origin: Fault): boolean {
  return own === 'undetermined' || coveredFaults(own).includes(origin) || coveredFaults(origin).includes(own);
}
