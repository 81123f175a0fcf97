import type { Columns } from '#models/contracts/api.ts';

/** Names of measurements, the same in every historian; docs/guides/data.md lists tags and fields. */
export type Measurement =
  | 'millwright_features'
  | 'millwright_health'
  | 'millwright_alerts'
  | 'millwright_plan'
  | 'millwright_forecast'
  | 'millwright_demand';

/** Tags of a machine, or of one of its points. */
export interface MachineTags {
  site: string;
  edge: string;
  asset: string;
  point?: string;
}

/** Tags of a stock item; an empty site means none. */
export interface ItemTags {
  item: string;
  site: string;
}

export type Tags = MachineTags | ItemTags;

export interface SeriesRow {
  measurement: Measurement;
  tags: Tags;
  /** Microseconds since 1970 UTC; a row with the same series and time replaces the previous one. */
  timeUs: number;
  fields: Record<string, number | string>;
}

export interface SeriesQuery {
  measurement: Measurement;
  tags: Tags;
  field: string;
  fromMs: number;
  toMs: number;
  /** Maximum number of intervals, of equal length. */
  points: number;
}

/** The outcome of a write; rows that are not counted here are durable. */
export interface Written {
  /** Rows that are permanently refused; `why` is the reason for one of them. */
  refused: number;
  why?: string;
  /** Rows of a kind that this historian does not store. */
  unsupported?: number;
}

/** Stores time series. Writing the same rows twice is idempotent. */
export interface Historian {
  /** Resolves with the permanently refused rows once the others are durable. Rejects if a retry may help. */
  write(rows: readonly SeriesRow[]): Promise<Written>;
  read(query: SeriesQuery): Promise<Columns>;
  close(): Promise<void>;
}

/** A key shared by all rows of one series. */
export function seriesKey({ measurement, tags }: Pick<SeriesRow, 'measurement' | 'tags'>): string {
  if ('item' in tags) return `${measurement}/${tags.site}/${tags.item}`;
  return `${measurement}/${tags.site}/${tags.edge}/${tags.asset}/${tags.point ?? ''}`;
}
