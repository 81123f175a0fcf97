import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { MachineView } from '#models/contracts/api.ts';
import { alertTitle, alertWords } from './alertTitle.ts';

const evidence = (fault: string, feature: string, value: number, normal: number) => ({
  contributions: [{ feature, value, normal }],
  diagnosis: { fault, confidence: 1, reasons: [] },
});
const alert = (more: object): AlertRecord =>
  ({
    id: 's.e.pump-1.vibration.5',
    site: 's',
    edge: 'e',
    asset: 'pump-1',
    point: '2H',
    text: 'pump-1 2H: text of the edge',
    evidence: evidence('outer_race', 'band2400To3200Hz', 6, 2),
    ...more,
  }) as unknown as AlertRecord;
const machine = (displayName?: string) =>
  ({ health: { displayName }, units: { '2H': 'g', t: 'degC' } }) as unknown as MachineView;

test('a title names the feature and uses the machine’s display name, whatever characters it contains', () => {
  const title = '2H: outer-race defect of the bearing, RMS, 2400–3200 Hz 3 times its normal';
  expect(alertTitle(alert({}), machine())).toBe(`pump-1 ${title}`);
  const name = `Kühlpumpe ${'ü'.repeat(190)}`;
  expect(alertTitle(alert({}), machine(name))).toBe(`${name} ${title}`);
  expect(alertWords(alert({}), undefined)).toBe(title);
});

test('a velocity is shown in the reader’s unit, with its growth if any', () => {
  const grown = evidence('unbalance', 'velocityRmsMmPerS', 4.5, 1.5);
  expect(alertWords(alert({ evidence: grown }), machine())).toBe('2H: unbalance, 4.5 mm/s RMS, 3 times its normal');
  const old = evidence('unbalance', 'velocityRmsMmPerS', 4.5, 4.4);
  expect(alertWords(alert({ evidence: old }), machine())).toBe('2H: unbalance, 4.5 mm/s RMS');
});

test('a slow value is compared with its normal', () => {
  const slow = {
    id: 's.e.pump-1.value.t.5',
    point: 't',
    text: 'pump-1 t: high',
    evidence: evidence('process_drift', 'mean', 99, 55),
  };
  expect(alertWords(alert(slow), machine())).toBe('t: high, 99 °C where 55 °C is normal');
  expect(alertWords(alert(slow), undefined)).toBe('t: high');
});

test('alerts of wiring, trends and the gateway keep their text', () => {
  const wiring = { kind: 'dead_channel', remedy: 'check the cable' };
  expect(alertTitle(alert({ wiring }), machine('P'))).toBe('P 2H: dead channel: check the cable');
  expect(alertTitle(alert({ id: 's.e.pump-1.trend.5' }), machine('P'))).toBe('P 2H: text of the edge');
  const silent = { text: 'Edge e of s has disconnected: 3 machines are not watched.' };
  expect(alertTitle(alert(silent), machine('P'))).toBe(silent.text);
});
