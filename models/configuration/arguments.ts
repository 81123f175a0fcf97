import { type Command, InvalidArgumentError } from 'commander';
import { meansUnit, type Unit } from '#models/contracts/units.ts';
import { nearest } from './nearest.ts';

/** Longest horizon, season and lead time. */
const MAX_PERIODS = 10_000;
const VIBRATION_UNITS = ['g', 'm/s2', 'mm/s', 'in/s', 'um', 'mil', '1'] as const;

/** The file argument of a command with subcommands: a missing file may be a misspelt subcommand. */
export function fileOf(command: Command, isThere: (file: string) => boolean): (text: string) => string {
  return (text) => {
    const meant = isThere(text)
      ? null
      : nearest(
          text,
          command.commands.map((sub) => sub.name()),
        );
    if (meant !== null) throw new InvalidArgumentError(`There is no such file. Did you mean ${meant}?`);
    return text;
  };
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}

/** A duration such as `30s`, `5m` or `2h`; without a unit in seconds. */
export function seconds(text: string): number {
  const [, digits, unit] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
  if (digits === undefined || Number(digits) === 0)
    throw new InvalidArgumentError('a duration such as 30s or 5m is needed');
  return Number(digits) * { s: 1, m: 60, h: 3600 }[(unit ?? 's') as 's' | 'm' | 'h'];
}

export function periods(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > MAX_PERIODS) throw new InvalidArgumentError(`1 to ${MAX_PERIODS} periods are needed`);
  return value;
}

export function separator(text: string): string {
  const value = text === '\\t' || text === 'tab' ? '\t' : text;
  if (value.length !== 1) throw new InvalidArgumentError('one character, or tab, is needed');
  return value;
}

export function level(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 0.995)) throw new InvalidArgumentError('a level above 0, at most 0.995, is needed');
  return value;
}

export function seasons(text: string): number[] {
  const values = text.split(',').map(periods);
  if (values.some((v, i) => i > 0 && v <= values[i - 1]))
    throw new InvalidArgumentError('periods of seasons, rising, such as 24,168, are needed');
  return values;
}

/** A vibration unit in common spelling; `1` for dimensionless values. */
export function vibrationUnit(text: string): Unit {
  const unit = VIBRATION_UNITS.find((u) => meansUnit(text, u));
  if (unit === undefined) throw new InvalidArgumentError(`one of ${VIBRATION_UNITS.join(', ')} is needed`);
  return unit;
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('a number above 0 is needed');
  return value;
}

export function range(text: string): [number, number] {
  const [low, high, ...more] = text.split(',').map(positive);
  if (more.length > 0 || !(low < high))
    throw new InvalidArgumentError('two rising numbers such as 600,3600 are needed');
  return [low, high];
}

export function time(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('a time such as 2026-01-31T08:00:00Z is needed');
  return ms;
}

export function levels(text: string): number[] {
  const values = text.split(',').map(Number);
  const rising = values.every((v, i) => v > 0 && v < 1 && (i === 0 || v > values[i - 1]));
  if (!rising) throw new InvalidArgumentError('levels between 0 and 1, rising, such as 0.5,0.9, are needed');
  return values;
}
