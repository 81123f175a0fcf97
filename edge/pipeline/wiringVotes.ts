import type { WiringFault } from '#models/contracts/alert.ts';
import type { WiringFinding } from '#models/health/wiring/vibrationWiring.ts';

/** A wiring fault that has shown itself, or is gone, after enough looks. */
export interface WiringChange extends WiringFinding {
  asset: string;
  point: string;
  timeMs: number;
  isThere: boolean;
}

/** Looks in a row that have to agree, where nothing else is said. */
const LOOKS = 3;
/** What is there is gone after this many times as many: an alert that comes and goes is worse than one that stays. */
const GONE = 2;

/** Counts looks that speak for and against each wiring fault of a point: one alone may be a start-up or a passing load. */
export class WiringVotes {
  readonly #looks: number;
  readonly #runs = new Map<string, number>();

  constructor(looks = LOOKS) {
    this.#looks = looks;
  }

  /** @param tested kinds that this look can tell. @returns what enough looks in a row now agree on. */
  count(
    { asset, point, timeMs }: Pick<WiringChange, 'asset' | 'point' | 'timeMs'>,
    tested: readonly WiringFault[],
    findings: readonly WiringFinding[],
  ): WiringChange[] {
    return tested.flatMap((kind) => {
      const key = `${asset}/${point}/${kind}`;
      const finding = findings.find((f) => f.kind === kind);
      const before = this.#runs.get(key) ?? 0;
      const run = finding ? Math.max(0, before) + 1 : Math.min(0, before) - 1;
      const gone = -GONE * this.#looks;
      this.#runs.set(key, Math.max(gone - 1, Math.min(this.#looks + 1, run)));
      if (run !== this.#looks && run !== gone) return [];
      return [{ asset, point, timeMs, kind, remedy: finding?.remedy ?? '', isThere: run > 0 }];
    });
  }
}
