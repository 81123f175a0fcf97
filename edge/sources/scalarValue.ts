import type { Rejection } from '#models/contracts/ledger.ts';
import type { ScalarPayload } from './sourceConfig.ts';

/** Words for a switch, in lower case. */
const WORDS: Record<string, number> = { true: 1, false: 0, on: 1, off: 0, yes: 1, no: 0 };
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
/** 52 bits: a whole number that is exact. */
const HEX = /^(0x)?[0-9a-f]{1,13}$/i;

type Numeric = Pick<ScalarPayload, 'states' | 'hex' | 'bits' | 'scale' | 'offset'>;

/**
 * The number that a value stands for: a number, a number in quotes, true and false, a word of `states`, or hexadecimal
 * digits where they are configured; then a slice of its bits, scale and offset.
 */
export function numberOf(value: unknown, spec: Numeric): number | Rejection {
  const raw = rawNumber(value, spec);
  if (typeof raw === 'string') return raw;
  const bits = spec.bits === undefined ? raw : bitsOf(raw, spec.bits);
  return bits * spec.scale + spec.offset;
}

function rawNumber(value: unknown, { states, hex }: Numeric): number | Rejection {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || value === undefined) return 'missing_value';
  if (typeof value !== 'string') return 'wrong_type';
  const text = value.trim();
  if (states !== undefined && Object.hasOwn(states, text)) return states[text];
  if (hex) return HEX.test(text) ? Number.parseInt(text.replace(/^0x/i, ''), 16) : 'wrong_type';
  if (NUMBER.test(text)) return Number(text);
  if (NOT_FINITE.test(text)) return 'not_finite';
  return WORDS[text.toLowerCase()] ?? 'wrong_type';
}

/** @param from the lowest bit, from 0. */
function bitsOf(value: number, { from, length }: NonNullable<ScalarPayload['bits']>): number {
  return Math.floor(value / 2 ** from) % 2 ** length;
}
