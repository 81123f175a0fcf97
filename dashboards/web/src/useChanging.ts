import { type Signal, useSignal } from '@preact/signals';
import { useLoaded } from './useLoaded.ts';

/** Runs an action at the gateway; resolves with a sentence that describes the result. */
export type Run = (work: () => Promise<string>) => Promise<void>;

/** A list that is reloaded after each action, with the action's result or error. */
export function useChanging<T>(load: () => Promise<T>): {
  value: Signal<T | null>;
  error: Signal<string | null>;
  outcome: Signal<string | null>;
  run: Run;
} {
  const version = useSignal(0);
  const outcome = useSignal<string | null>(null);
  const run: Run = async (work) => {
    try {
      outcome.value = await work();
    } catch (reason) {
      outcome.value = reason instanceof Error ? reason.message : String(reason);
    }
    version.value++;
  };
  return { ...useLoaded(load, [version.value]), outcome, run };
}
