import { DataType, Variant, VariantArrayType } from 'node-opcua-client';

/** node-opcua's description of a decoded structure's fields, whose names begin with a small letter. */
interface Schema {
  fields?: readonly { name: string; fieldType: string; isArray?: boolean }[];
}

const small = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/**
 * The member of a structure, or of an array of structures, at a path such as `Motor.Speed` or `Axes.0.Rms`, as its own
 * variant, or why there is none.
 */
export function memberOf(value: unknown, path: string): Variant | 'missing_value' | 'unsupported_type' {
  let content = value;
  let type: string | undefined;
  for (const step of path.split('.')) {
    if (typeof content !== 'object' || content === null) return 'missing_value';
    const field = fieldsOf(content).find(({ name }) => small(name) === small(step));
    const key = Array.isArray(content) || ArrayBuffer.isView(content) ? step : (field?.name ?? small(step));
    // An element of an array has the array's type.
    if (!Array.isArray(content)) type = field?.fieldType;
    content = Object.hasOwn(content, key) ? (content as Record<string, unknown>)[key] : undefined;
  }
  return content === undefined || content === null ? 'missing_value' : (variantOf(content, type) ?? 'unsupported_type');
}

/** Field names of a structure, for display. */
export function memberNames(value: unknown): string[] {
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === 'object' && one !== null ? fieldsOf(one).map(({ name }) => name) : [];
}

function fieldsOf(structure: object): NonNullable<Schema['fields']> {
  return (structure as { schema?: Schema }).schema?.fields ?? [];
}

const WIDE = ['Int64', 'UInt64'];

/**
 * A field's content as a variant, by its type if the schema gives it: a 64-bit integer is a pair of numbers, as an
 * array may be.
 */
function variantOf(content: unknown, fieldType: string | undefined): Variant | null {
  if (content instanceof Variant) return content;
  const isPair = Array.isArray(content) && content.length === 2 && typeof content[0] === 'number';
  if (isPair && fieldType !== undefined && WIDE.includes(fieldType))
    return new Variant({
      dataType: DataType[fieldType as 'Int64'],
      arrayType: VariantArrayType.Scalar,
      value: content,
    });
  if (typeof content === 'boolean') return new Variant({ dataType: DataType.Boolean, value: content });
  if (typeof content === 'number') return new Variant({ dataType: DataType.Double, value: content });
  if (typeof content === 'string') return new Variant({ dataType: DataType.String, value: content });
  if (isNumbers(content))
    return new Variant({
      dataType: DataType.Double,
      arrayType: VariantArrayType.Array,
      value: Float64Array.from(content),
    });
  const { text } = content as { text?: unknown };
  return typeof text === 'string' ? new Variant({ dataType: DataType.String, value: text }) : null;
}

function isNumbers(content: unknown): content is ArrayLike<number> {
  if (Array.isArray(content)) return content.every((one) => typeof one === 'number');
  return ArrayBuffer.isView(content) && !(content instanceof DataView) && !Buffer.isBuffer(content);
}
