/** The result of one check. */
export interface Finding {
  check: string;
  state: 'ok' | 'warning' | 'fault';
  text: string;
  /** The remedy; absent if none is needed. */
  remedy?: string;
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });
export const warning = (check: string, text: string, remedy: string): Finding => ({
  check,
  state: 'warning',
  text,
  remedy,
});
export const fault = (check: string, text: string, remedy: string): Finding => ({
  check,
  state: 'fault',
  text,
  remedy,
});

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
