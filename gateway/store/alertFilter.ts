export interface StandingCount {
  site: string;
  edge: string;
  asset: string;
  severity: string;
  n: number;
}

export interface AlertFilter {
  active: boolean;
  limit: number;
  /** Raised earlier than this alert, the last one of a page. */
  before?: { raisedAtMs: number; id: string };
  site?: string;
  edge?: string;
  asset?: string;
  severity?: string;
}
