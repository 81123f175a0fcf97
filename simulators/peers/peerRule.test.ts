import { expect, test } from 'vitest';
import { createPeerRule, type FrameLevels, type PeerRuleName } from './peerRule.ts';

const reports = (name: PeerRuleName, levels: readonly Partial<FrameLevels>[], asset?: object) => {
  const rule = createPeerRule(name, asset as never);
  return levels.map((one) => rule.judge({ rms: 1, velocityMmPerS: null, ...one }));
};
const frames = (n: number, velocityMmPerS: number) => Array.from({ length: n }, () => ({ velocityMmPerS }));

test('fixed limits alert at the third frame above zone B, once, and again after a quiet period', () => {
  const alerts = reports('iso-limits', [
    ...frames(2, 3),
    ...frames(1, 1),
    ...frames(5, 3),
    ...frames(10, 1),
    ...frames(3, 3),
  ]);
  expect(alerts.flatMap((text, i) => (text === null ? [] : [i]))).toEqual([5, 20]);
  expect(alerts[5]).toContain('limit 2.8');
});

test('fixed limits are those of the class; without a velocity there is no verdict', () => {
  const large = { iso: { group: 1, foundation: 'flexible' } };
  expect(reports('iso-limits', frames(5, 7), large).join('')).toBe('');
  expect(reports('iso-limits', frames(5, 8), large).join('')).toContain('limit 7.1');
  expect(reports('iso-limits', [{}, {}, {}, {}]).join('')).toBe('');
});

test('three sigma are those of the first hundred frames', () => {
  const learned = Array.from({ length: 100 }, (_, i) => ({ rms: i % 2 ? 1.1 : 0.9 }));
  const levels = (rms: number) => [...learned, { rms }, { rms }, { rms }];
  expect(reports('rms-sigma', levels(1.29)).join('')).toBe('');
  expect(reports('rms-sigma', levels(1.32)).slice(-1)[0]).toContain('normally 1.00');
});
