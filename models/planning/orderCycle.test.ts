import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { type LotRule, orderCycle } from './orderCycle.ts';

const mass = Float64Array.of(0.3, 0.2, 0.2, 0.1, 0.1, 0, 0, 0, 0, 0.1);

/** Simulates the same policy: shares of positions above the reorder point, and of undershoots. */
function played({ span, pack, minimumOrder }: LotRule, reviews: number) {
  const random = randomOf(5);
  const [share, undershoot] = [new Array<number>(60).fill(0), new Array<number>(10).fill(0)];
  let [position, orders] = [span, 0];
  for (let i = 0; i < reviews; i++) {
    share[position] += 1 / reviews;
    const u = random();
    let [demand, below] = [0, mass[0]];
    while (below < u && demand < mass.length - 1) below += mass[++demand];
    position -= demand;
    if (position >= 0) continue;
    undershoot[-position]++;
    orders++;
    position += Math.ceil(Math.max(span - position, minimumOrder) / pack) * pack;
  }
  return { share, undershoot: undershoot.map((n) => n / orders), orderRate: orders / reviews };
}

test.each([
  { span: 0, pack: 1, minimumOrder: 0 },
  { span: 12, pack: 1, minimumOrder: 0 },
  { span: 0, pack: 7, minimumOrder: 0 },
  { span: 5, pack: 4, minimumOrder: 0 },
  { span: 3, pack: 1, minimumOrder: 15 },
  { span: 6, pack: 5, minimumOrder: 12 },
])('positions, undershoot and order rate match a simulation of the policy: %o', (lots) => {
  const expected = played(lots, 400_000);
  const { share, undershoot, orderRate } = orderCycle({ step: 1, mass }, lots);
  expect(orderRate).toBeCloseTo(expected.orderRate, 2);
  for (let k = 0; k < 40; k++) expect(share[k] ?? 0, `position ${k}`).toBeCloseTo(expected.share[k], 2);
  for (let k = 1; k < 10; k++) expect(undershoot[k] ?? 0, `undershoot ${k}`).toBeCloseTo(expected.undershoot[k], 2);
});

test('multiples of a pack alone leave every position above the reorder point equally likely', () => {
  const { share } = orderCycle({ step: 1, mass }, { span: 0, pack: 8, minimumOrder: 0 });
  for (const s of share) expect(s).toBeCloseTo(1 / 8, 2);
});

test('positions are those of the long run even for nearly constant demand', () => {
  const steady = Float64Array.of(0, 0, 0.1, 0.9);
  const { share } = orderCycle({ step: 1, mass: steady }, { span: 0, pack: 7, minimumOrder: 0 });
  for (const s of share) expect(Math.abs(s - 1 / 7)).toBeLessThan(1e-3);
});

test('constant demand visits every position above a pack’s reorder point', () => {
  const { share } = orderCycle({ step: 1, mass: Float64Array.of(0, 0, 0, 1) }, { span: 0, pack: 7, minimumOrder: 0 });
  for (let k = 0; k < 7; k++) expect(Math.abs(share[k] - 1 / 7)).toBeLessThan(2e-3);
});
