import type { MessageFormat } from './formatConfig.ts';
import type { Read } from './jsonText.ts';

const MAX_PAIRS = 100_000;

/**
 * Parses names and values of a text into an object: `T=61.2;N=1480`, or `T|61.2|N|1480`. Parts without a name are left
 * out. Several lines are accepted only if line breaks separate the pairs: otherwise a later line would replace the
 * values of an earlier one.
 */
export function readPairs(text: string, pairs: MessageFormat['pairs']): Read<unknown> {
  const { separator = ';', assignment = '=', leading = [] } = pairs ?? {};
  const trimmed = text.trim();
  if (!separator.includes('\n') && trimmed.includes('\n')) return { ok: false, rejection: 'bad_payload' };
  const parts = separator === ' ' ? trimmed.split(/\s+/) : trimmed.split(separator);
  if (parts.length > MAX_PAIRS) return { ok: false, rejection: 'bad_payload' };
  const rest = parts.slice(leading.length);
  const found = separator === assignment ? inTurns(rest) : rest.flatMap((part) => pairOf(part, assignment));
  if (found.length === 0) return { ok: false, rejection: 'bad_payload' };
  const before = leading.map((name, i) => [name, parts[i]?.trim()] as const);
  return { ok: true, value: Object.fromEntries([...before, ...found]) };
}

function inTurns(parts: readonly string[]): [string, string][] {
  return parts.flatMap((name, i): [string, string][] =>
    i % 2 === 0 && i + 1 < parts.length ? [[name.trim(), parts[i + 1].trim()]] : [],
  );
}

function pairOf(part: string, assignment: string): [string, string][] {
  const at = part.indexOf(assignment);
  return at <= 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + assignment.length).trim()]];
}
