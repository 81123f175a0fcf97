import type { Columns } from '#models/contracts/api.ts';

/** Names of what is written, the same in every historian; docs/guides/data.md lists tags and fields. */
export type Measurement =
  | 'millwright_features'
  | 'millwright_health'
  | 'millwright_alerts'
  | 'millwright_plan'
  | 'millwright_forecast'
  | 'millwright_demand';

/** Of a machine, or of one of its points. */
export interface MachineTags {
  site: string;
  edge: string;
  asset: string;
  point?: string;
}

/** Of an item of stock; an empty site is none. */
export interface ItemTags {
  item: string;
  site: string;
}

export type Tags = MachineTags | ItemTags;

export interface SeriesRow {
  measurement: Measurement;
  tags: Tags;
  /** Microseconds since 1970 UTC; a row of the same series and time replaces the one before. */
  timeUs: number;
  fields: Record<string, number | string>;
}

export interface SeriesQuery {
  measurement: Measurement;
  tags: Tags;
  field: string;
  fromMs: number;
  toMs: number;
  /** At most so many intervals of equal length. */
  points: number;
}

/** Keeps series of numbers. Writing the same rows twice changes nothing. */
export interface Historian {
  /** Resolves when the rows are durable, with those that it will never take. Rejects where trying again may help. */
  write(rows: readonly SeriesRow[]): Promise<{ refused: number; why?: string }>;
  read(query: SeriesQuery): Promise<Columns>;
  close(): Promise<void>;
}

/** A key that is the same for all rows of one series. */
export function seriesKey({ measurement, tags }: Pick<SeriesRow, 'measurement' | 'tags'>): string {
  if ('item' in tags) return `${measurement}/${tags.site}/${tags.item}`;
  return `${measurement}/${tags.site}/${tags.edge}/${tags.asset}/${tags.point ?? ''}`;
}
