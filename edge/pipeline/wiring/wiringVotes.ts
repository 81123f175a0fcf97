import type { WiringFault } from '#models/contracts/alert.ts';
import type { WiringFinding } from '#models/health/wiring/vibrationWiring.ts';
import { CLEAR_FACTOR, CONFIRMATIONS } from '../judgement.ts';

/** A wiring fault confirmed, or cleared, by enough inspections. */
export interface WiringChange extends WiringFinding {
  asset: string;
  point: string;
  timeMs: number;
  isPresent: boolean;
}

/**
 * Counts inspections for and against each wiring fault of a point: a single one may be a start-up or a passing load.
 */
export class WiringVotes {
  readonly #confirmations: number;
  readonly #runs = new Map<string, number>();

  constructor(confirmations = CONFIRMATIONS) {
    this.#confirmations = confirmations;
  }

  /**
   * @param testedKinds kinds that this inspection can detect.
   * @returns faults that were just confirmed or cleared.
   */
  count(
    { asset, point, timeMs }: Pick<WiringChange, 'asset' | 'point' | 'timeMs'>,
    testedKinds: readonly WiringFault[],
    findings: readonly WiringFinding[],
  ): WiringChange[] {
    return testedKinds.flatMap((kind) => {
      const key = `${asset}/${point}/${kind}`;
      const finding = findings.find((f) => f.kind === kind);
      const before = this.#runs.get(key) ?? 0;
      const run = finding ? Math.max(0, before) + 1 : Math.min(0, before) - 1;
      const clearedRun = -CLEAR_FACTOR * this.#confirmations;
      this.#runs.set(key, Math.max(clearedRun - 1, Math.min(this.#confirmations + 1, run)));
      if (run !== this.#confirmations && run !== clearedRun) return [];
      return [{ asset, point, timeMs, kind, remedy: finding?.remedy ?? '', isPresent: run > 0 }];
    });
  }
}
