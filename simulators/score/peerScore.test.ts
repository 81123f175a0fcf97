import { expect, test } from 'vitest';
import { peerAlertSchema } from '../peers/peerMessage.ts';
import { scenarioSchema } from '../scenario.ts';
import { comparisonLines, scorePeer } from './peerScore.ts';
import { peersOf } from './peers.ts';

const bearing = { bpfo: 3.6, bpfi: 5.4, bsf: 2.4, ftf: 0.4 };
const fan = { kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'] };
const scenario = scenarioSchema.parse({
  score: { detectWithinS: 100 },
  machines: [
    { ...fan, name: 'ill', faults: [{ type: 'unbalance', onsetS: 60, doublingS: 20 }] },
    { ...fan, name: 'well' },
  ],
});
const alert = (machine: string, atS: number, more = {}) =>
  peerAlertSchema.parse({ machine, time: new Date(1000 * atS).toISOString(), ...more });
const report = { name: 'other', unreadable: 0, ended: false };

test('alerts of a peer are scored like Millwright’s', () => {
  const alerts = [alert('ill', 85), alert('well', 90, { text: 'well shakes' })];
  expect(scorePeer(scenario, 0, { ...report, alerts })).toMatchObject({
    name: 'other',
    missed: 0,
    faults: [{ delayS: 25, named: 'undetermined' }],
    falseAlarms: [{ machine: 'well', atS: 90, text: 'well shakes' }],
  });
  const named = scorePeer(scenario, 0, { ...report, alerts: [alert('ill', 85, { fault: 'unbalance' })] });
  expect(named.faults[0].named).toBe('right');
});

test('one line each, and what prevented a fair comparison', () => {
  const peer = scorePeer(scenario, 0, { name: 'other', alerts: [], unreadable: 2, ended: true });
  const [own, other] = comparisonLines({ ...peer, peers: [peer] });
  expect(own).toMatch(/^millwright +found 0 of 1/);
  expect(other).toContain('2 unreadable messages, ended before the plant did');
  expect(comparisonLines(peer)).toEqual([]);
});

test('peers by name, or by their own command; each once, and over MQTT only', () => {
  const mqtt = { transport: 'mqtt' } as const;
  expect(peersOf(['iso-limits', 'acme=./acme {mqtt}'], mqtt)).toEqual([
    { name: 'iso-limits', commandLine: null },
    { name: 'acme', commandLine: './acme {mqtt}' },
  ]);
  expect(peersOf(['acme'], mqtt)).toContain('NAME=COMMAND');
  expect(peersOf(['rms-sigma', 'rms-sigma'], mqtt)).toContain('a name of its own');
  expect(peersOf(['rms-sigma'], { transport: 'modbus' })).toContain('transport: mqtt');
  expect(peersOf([], { transport: 'modbus' })).toEqual([]);
});
