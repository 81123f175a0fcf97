import type { ScalarPayload } from './payloadConfig.ts';
import { bytesOf, widthOf } from './scalarValue.ts';
import type { ValueSpec } from './valueConfig.ts';

export interface FoundRecord {
  point: string;
  spec: ValueSpec;
  bytes: Uint8Array;
}

/**
 * Reads a payload of records, each a header with the type, and a value (Cayenne LPP, Milesight). `rest` is the
 * unreadable remainder: from an unknown header, or a truncated record.
 */
export function readRecords(
  value: unknown,
  records: NonNullable<ScalarPayload['records']>,
  spec: ScalarPayload,
): { found: FoundRecord[]; rest: string | null } {
  const bytes = bytesOf(value, spec.bytes);
  if (bytes === null) return { found: [], rest: 'no bytes' };
  const found: FoundRecord[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = Buffer.from(bytes.subarray(at, at + records.headerBytes)).toString('hex');
    const type = Object.hasOwn(records.types, head) ? records.types[head] : undefined;
    const length = type && (type.length ?? Math.max(0, ...Object.values(type.values).map(endOf)));
    if (type === undefined || length === undefined)
      return { found, rest: `record ${head} at byte ${at} is not configured` };
    const begin = at + records.headerBytes;
    if (begin + length > bytes.length) return { found, rest: `record ${head} at byte ${at} is cut off` };
    const own = bytes.subarray(begin, begin + length);
    for (const [point, its] of Object.entries(type.values)) found.push({ point, spec: its, bytes: own });
    at = begin + length;
  }
  return { found, rest: null };
}

const endOf = ({ at = 0, as }: ValueSpec): number => at + widthOf(as ?? 'uint8');
