import { expect, test } from 'vitest';
import { type AssetAlertState, NO_ALERT, type Observation, stepAssetAlert } from './assetAlert.ts';

const settings = { criticalIndex: 2.5, repeatMs: 60_000 };
const seen = (timeMs: number, index: number, on: boolean, point = '2H', news = false): Observation => ({
  timeMs,
  point,
  index,
  on,
  news,
  name: 'e.pump.vibration',
});

function follow(observations: Observation[]) {
  let state: AssetAlertState = NO_ALERT;
  const changes: string[] = [];
  for (const one of observations) {
    const next = stepAssetAlert(state, one, settings);
    state = next.state;
    if (next.change) changes.push(`${next.change}@${one.timeMs}`);
  }
  return { state, changes };
}

test('raises once, repeats in its interval, returns', () => {
  const { state, changes } = follow([
    seen(0, 0.5, false),
    seen(1000, 1.2, true),
    seen(2000, 1.3, true),
    seen(61_000, 1.3, true),
    seen(62_000, 1.3, true),
    seen(90_000, 0.5, false),
  ]);
  expect(changes).toEqual(['raise@1000', 'update@61000', 'return@90000']);
  expect(state.active).toBe(false);
});

test('becoming critical is reported at once, and severity does not fall while the alert lasts', () => {
  const { state, changes } = follow([seen(0, 1.2, true), seen(1000, 3, true), seen(2000, 1.1, true)]);
  expect(changes).toEqual(['raise@0', 'update@1000']);
  expect(state).toMatchObject({ severity: 'critical' });
});

test('a second point joins the alert, which names the worst one', () => {
  const { state, changes } = follow([
    seen(0, 1.2, true, '2H'),
    seen(1000, 1.9, true, '2V'),
    seen(2000, 1.3, true, '2H'),
  ]);
  expect(changes).toEqual(['raise@0']);
  expect(state).toMatchObject({ point: '2V', id: 'e.pump.vibration.0' });
});

test('news of an active alert is reported before the next update is due', () => {
  const { changes } = follow([
    seen(0, 0.5, false, '2H', true),
    seen(1000, 1.2, true),
    seen(3000, 1.3, true, '2H', true),
    seen(4000, 1.3, true),
  ]);
  expect(changes).toEqual(['raise@1000', 'update@3000']);
});
