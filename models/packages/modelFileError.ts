/** A file is not a model, or a model of another kind. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}
