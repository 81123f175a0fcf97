import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Loads a response from the gateway, and again when one of `reasons` changes; outdated responses are ignored. */
export function useLoaded<T>(
  load: () => Promise<T>,
  reasons: readonly unknown[],
): { value: Signal<T | null>; error: Signal<string | null> } {
  const value = useSignal<T | null>(null);
  const error = useSignal<string | null>(null);
  useEffect(() => {
    let isStale = false;
    load().then(
      (loaded) => {
        if (!isStale) [value.value, error.value] = [loaded, null];
      },
      (reason) => {
        if (!isStale) error.value = reason instanceof Error ? reason.message : String(reason);
      },
    );
    return () => {
      isStale = true;
    };
  }, reasons);
  return { value, error };
}

/** A counter that increases periodically, to trigger reloading. */
export function useTicks(everyMs: number): Signal<number> {
  const ticks = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => ticks.value++, everyMs);
    return () => clearInterval(timer);
  }, []);
  return ticks;
}

/** The current time, updated periodically. */
export function useNowMs(everyMs: number): number {
  const nowMs = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (nowMs.value = Date.now()), everyMs);
    return () => clearInterval(timer);
  }, []);
  return nowMs.value;
}
