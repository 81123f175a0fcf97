import { type Signal, useSignal } from '@preact/signals';

/** Runs changes at the gateway; returns the error of the last one, and a counter of successful changes. */
export function useChange(): {
  problem: Signal<string | null>;
  asked: Signal<number>;
  change: (work: () => Promise<unknown>) => Promise<void>;
} {
  const problem = useSignal<string | null>(null);
  const asked = useSignal(0);
  const change = async (work: () => Promise<unknown>) => {
    try {
      await work();
      [problem.value, asked.value] = [null, asked.value + 1];
    } catch (reason) {
      problem.value = reason instanceof Error ? reason.message : String(reason);
    }
  };
  return { problem, asked, change };
}
