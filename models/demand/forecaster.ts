/** Fits a history of demand per period, oldest first, and predicts the mean of each period ahead. */
export interface Forecaster {
  readonly name: string;
  /** @param history finite numbers of at least 0; at least one. */
  fit(history: readonly number[]): void;
  predict(horizon: number): number[];
}
