/** A file that is no model, or a model of another kind. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}
