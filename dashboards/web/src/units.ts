import type { Unit } from '#models/contracts/units.ts';
import { t } from './i18n/i18n.ts';

/** Quantities whose unit the reader can choose, with the units of the interface. */
export const CHOICES = {
  velocity: { label: t('Velocity'), units: ['mm/s', 'in/s'] },
  temperature: { label: t('Temperature'), units: ['degC', 'degF'] },
} as const;
export type Choice = keyof typeof CHOICES;

/** A value of the interface times `scale` plus `offset` is the value in the unit `text`. */
export interface Shown {
  text: string;
  scale: number;
  offset: number;
}

const MM_PER_INCH = 25.4;
/** Units as normally written; the wire format is ASCII. */
const TEXTS: Record<string, string> = {
  'm/s2': 'm/s²',
  um: 'µm',
  degC: '°C',
  degF: '°F',
  'm3/h': 'm³/h',
  rpm: t('rpm'),
  '1': '',
};

const keyOf = (choice: Choice) => `millwright.unit.${choice}`;
/** Empty: as measured. */
export const chosenUnit = (choice: Choice): string => globalThis.localStorage?.getItem(keyOf(choice)) ?? '';

/** Charts and tables hold converted values: another unit reloads the page. */
export function chooseUnit(choice: Choice, unit: string): void {
  localStorage.setItem(keyOf(choice), unit);
  location.reload();
}

/** The user's display unit for values in a unit. */
export const shownIn = (unit: Unit | string): Shown =>
  converted(unit, chosenUnit(unit === 'degC' ? 'temperature' : 'velocity'));

export function converted(unit: string, chosen: string): Shown {
  if (unit === 'mm/s' && chosen === 'in/s') return { text: 'in/s', scale: 1 / MM_PER_INCH, offset: 0 };
  if (unit === 'in/s' && chosen === 'mm/s') return { text: 'mm/s', scale: MM_PER_INCH, offset: 0 };
  if (unit === 'degC' && chosen === 'degF') return { text: '°F', scale: 1.8, offset: 32 };
  return { text: unitText(unit), scale: 1, offset: 0 };
}

export const unitText = (unit: string): string => TEXTS[unit] ?? unit;

export const convert = ({ scale, offset }: Shown, value: number): number => scale * value + offset;
