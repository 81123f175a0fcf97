import { describe, expect, test } from 'vitest';
import { guaranteeService, type Link, type Stage } from './guaranteedService.ts';

const stage = (
  name: string | number,
  processingTime: number,
  holdingCost: number,
  more: Partial<Stage> = {},
): Stage => ({
  ...{ name: String(name), processingTime, holdingCost, ...more },
});
const links = (...pairs: [number, number][]): Link[] => pairs.map(([a, b]) => [String(a), String(b)]);
const outbound = (stages: Stage[], all: readonly Link[]) => {
  const { outbound: times, cost } = guaranteeService(stages, all);
  return { times: Object.fromEntries(times), cost };
};

// Instances of Snyder & Shen, "Fundamentals of Supply Chain Theory" (2019), with the solutions of the library stockpyl.
describe('published instances', () => {
  test('example 6.3, in series: 2.8284', () => {
    const stages = [
      stage(1, 1, 7, { demandSd: 1, outboundMost: 1 }),
      stage(2, 0, 4),
      stage(3, 1, 2, { inboundOutside: 1 }),
    ];
    const { times, cost } = outbound(stages, links([3, 2], [2, 1]));
    expect(cost).toBeCloseTo(2.8284271247461903, 12);
    expect(times).toEqual({ 1: 1, 2: 0, 3: 0 });
  });

  test('example 6.5, a tree with two customers: 8.2779', () => {
    const stages = [
      stage(1, 2, 1, { inboundOutside: 1 }),
      stage(2, 1, 3, { demandSd: 1, outboundMost: 0 }),
      stage(3, 1, 2),
      stage(4, 1, 3, { demandSd: 1, outboundMost: 1 }),
    ];
    const { times, cost } = outbound(stages, links([1, 3], [3, 2], [3, 4]));
    expect(cost).toBeCloseTo(8.277916867529369, 12);
    expect(times).toEqual({ 1: 0, 2: 0, 3: 0, 4: 1 });
  });

  test('problem 6.7: 160 √5', () => {
    const stages = [
      stage(1, 2, 4, { demandSd: 10, factor: 4, outboundMost: 0 }),
      stage(2, 1, 3, { factor: 4 }),
      stage(3, 1, 2, { factor: 4, inboundOutside: 1 }),
    ];
    const { times, cost } = outbound(stages, links([3, 2], [2, 1]));
    expect(cost).toBeCloseTo(160 * Math.sqrt(5), 9);
    expect(times).toEqual({ 1: 0, 2: 3, 3: 2 });
  });

  test.each([
    [3, 3, 15.649530249501, { 1: 3, 2: 3, 3: 0, 4: 0, 5: 0, 6: 2 }],
    [0, 7, 13.121240238718, { 1: 0, 2: 7, 3: 0, 4: 0, 5: 0, 6: 2 }],
    [21, 5, 10.5811190103555, { 1: 7, 2: 5, 3: 0, 4: 0, 5: 0, 6: 2 }],
  ])('problem 6.9, six stages, customers served within %i and %i', (first, second, published, expected) => {
    const cost = (price: number) => (price * 0.2) / 365;
    const stages = [
      stage(1, 7, cost(220), { factor: 4, demandSd: 4.1, outboundMost: first }),
      stage(2, 7, cost(140), { factor: 4, demandSd: 6.2, outboundMost: second }),
      stage(3, 21, cost(90), { factor: 4 }),
      stage(4, 3, cost(5), { factor: 4 }),
      stage(5, 8, cost(20), { factor: 4 }),
      stage(6, 2, cost(7.5), { factor: 4 }),
    ];
    const found = outbound(stages, links([6, 5], [4, 3], [5, 3], [3, 1], [3, 2]));
    expect(found.cost).toBeCloseTo(published, 9);
    expect(found.times).toEqual(expected);
  });

  // Graves & Willems (2000), the digital camera.
  test.each([
    [2, 18.8240044725922],
    [5, 12.4686888061037],
    [8, 3.25788236403285],
    [12, 0.232617430735335],
  ])('figure 6.14, ten stages, served within %i', (served, published) => {
    const factor = 1.6448536269514722;
    const of = (n: number, time: number, holding: number, more = {}) => stage(n, time, holding, { factor, ...more });
    const stages = [
      ...[of(1, 2, 0.01), of(2, 3, 0.03), of(3, 2, 0.04), of(4, 4, 0.06), of(5, 2, 0.12), of(6, 3, 0.13)],
      ...[of(7, 6, 0.2), of(8, 4, 0.08), of(9, 3, 0.04), of(10, 2, 0.5, { demandSd: 10, outboundMost: served })],
    ];
    const all = links([1, 2], [2, 3], [3, 5], [4, 5], [5, 6], [7, 10], [6, 10], [8, 10], [9, 10]);
    expect(guaranteeService(stages, all).cost).toBeCloseTo(published, 9);
  });
});

test('no other service time of a warehouse that supplies sites costs less', () => {
  const [processing, ways, sds, z] = [30, [2, 5, 9], [3, 8, 4], 1.645];
  const stages = [
    stage('w', processing, 1, { factor: z }),
    ...ways.map((way, i) => stage(i, way, 1.3, { factor: z, demandSd: sds[i], outboundMost: 0 })),
  ];
  const { cost, outbound: times } = guaranteeService(
    stages,
    [0, 1, 2].map((i): Link => ['w', String(i)]),
  );
  const costAt = (s: number) =>
    z * Math.hypot(...sds) * Math.sqrt(processing - s) +
    ways.reduce((sum, way, i) => sum + 1.3 * z * sds[i] * Math.sqrt(s + way), 0);
  const all = Array.from({ length: processing + 1 }, (_, s) => costAt(s));
  expect(cost).toBeCloseTo(Math.min(...all), 9);
  expect(times.get('w')).toBe(all.indexOf(Math.min(...all)));
});
