import protobuf from 'protobufjs';
import type { Read } from './jsonText.ts';

/** Reads a message defined in a `.proto` file. */
export type ProtobufReader = (payload: Uint8Array) => Read<unknown>;

const MAX_DEPTH = 32;

/** @throws Error if the file cannot be read, is invalid, or lacks the message. */
export function protobufReader(file: string, message: string): ProtobufReader {
  const type = new protobuf.Root().loadSync(file, { keepCase: true }).resolveAll().lookupType(message);
  return (payload) => {
    try {
      return { ok: true, value: plain(type, type.decode(payload), 0) };
    } catch {
      // The library's errors quote the sender's bytes; only their kind and count are kept.
      return { ok: false, rejection: 'bad_payload' };
    }
  };
}

/** Fields by name; enumerations by the names of their values, 64-bit integers as numbers. @throws Error beyond 32 levels. */
function plain(type: protobuf.Type, message: object, depth: number): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new Error('too deep');
  const held = message as Record<string, unknown>;
  const found: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const isThere = Object.hasOwn(held, field.name);
    if (!isThere && !isDefaulted(field)) continue;
    const value = isThere ? held[field.name] : field.typeDefault;
    const one = (item: unknown) => plainValue(field, item, depth);
    if (field.map) found[field.name] = Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, one(v)]));
    else found[field.name] = field.repeated ? (value as unknown[]).map(one) : one(value);
  }
  return found;
}

/** proto3 does not transmit a number without presence that is 0. */
function isDefaulted(field: protobuf.Field): boolean {
  const isMessage = field.resolvedType instanceof protobuf.Type;
  return !field.hasPresence && !field.repeated && !field.map && !isMessage;
}

/** The library's representation of a 64-bit integer. */
const isLong = (value: unknown): value is { toNumber(): number } =>
  typeof value === 'object' && value !== null && 'toNumber' in value;

function plainValue(field: protobuf.Field, value: unknown, depth: number): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return plain(resolvedType, value as object, depth + 1);
  if (resolvedType instanceof protobuf.Enum) return resolvedType.valuesById[value as number] ?? value;
  return isLong(value) ? value.toNumber() : value;
}
