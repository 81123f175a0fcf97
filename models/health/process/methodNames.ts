/** Methods that learn a portable model of normal rows (`processModel.ts`). */
export const LEARNING_METHODS = [
  'principal_components',
  'canonical_variates',
  'isolation_forest',
  'autoencoder',
] as const;
export type LearningMethod = (typeof LEARNING_METHODS)[number];

/** All methods that judge rows of a table. */
export const ROW_METHODS = ['drift_tolerant', 'ewma', 'cusum', ...LEARNING_METHODS] as const;
export type RowMethodName = (typeof ROW_METHODS)[number];
