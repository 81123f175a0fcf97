import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FULL_SIZE } from '../endToEnd/fullSize.ts';
import { installed } from '../endToEnd/servers.ts';
import { printed } from '../endToEnd/services.ts';
import { scenarioSchema } from '../scenario.ts';
import { type ScenarioScore, scoreLines } from './judge.ts';

/** Every shipped scenario but the demo, as `millwright simulate NAME --score` runs it. */
const folder = fileURLToPath(new URL('../scenarios/', import.meta.url));
const shipped = readdirSync(folder)
  .map((file) => basename(file, '.yaml'))
  .filter((name) => name !== 'demo');
/** Those that no other end-to-end test covers: names of faults, wiring, healthy machines, and faulty devices. */
const ALWAYS = ['faults', 'wiring', 'healthy', 'lossy-devices', 'garbage', 'bad-sensors'];
const names = FULL_SIZE ? shipped : ALWAYS;
const AT_A_TIME = 4;

/** Duration of a scenario in seconds. */
function secondsOf(name: string): number {
  const { score } = scenarioSchema.parse(parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')));
  return score.durationS / score.speed;
}

/** Additional expectations of each, besides faults found and messages explained. */
const SHOWS: Record<string, (score: ScenarioScore) => void> = {
  'lossy-devices': (s) => {
    expect(s.lostByDevices).toBeGreaterThan(0);
    expect(s.late).toBeGreaterThan(0);
    expect(s.duplicate).toBeGreaterThan(0);
  },
  garbage: (s) => {
    expect(s.rejected.bad_json).toBeGreaterThan(0);
    expect(s.rejected.not_finite).toBeGreaterThan(0);
  },
  'bad-sensors': (s) => {
    expect(s.flaws.clipped).toBeGreaterThan(100);
    expect(s.flaws.stuck).toBeGreaterThan(100);
    expect(s.flaws.spikes).toBeGreaterThan(30);
  },
  clocks: (s) => expect(s.late).toBeGreaterThan(0),
  'edge-killed': (s) => expect(s.late).toBe(0),
  'gateway-killed': (s) => expect(s.late).toBe(0),
  'uplink-cut': (s) => expect(s.late + s.duplicate).toBe(0),
  'slow-source': (s) => expect(s.late).toBe(0),
  'opcua-restarts': (s) => expect(s.flaws.gap).toBeGreaterThan(0),
  sparkplug: (s) => expect(s.flaws.gap).toBeGreaterThan(0),
};

describe.skipIf(!installed('mosquitto'))('scenarios', () => {
  const scores = new Map<string, ScenarioScore>();
  const failures = new Map<string, unknown>();

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-scenarios-'));
    // The longest first, so that none runs alone at the end.
    const waiting = names.toSorted((a, b) => secondsOf(b) - secondsOf(a));
    const worker = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        try {
          const args = ['simulate', name, '--score', '--json', '--keep', join(directory, name)];
          // Its exit code is the overall result; the tests show the details.
          scores.set(name, JSON.parse(await printed(directory, name, args)) as ScenarioScore);
        } catch (error) {
          failures.set(name, error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  }, 900_000);

  test('at least twelve are shipped', () => {
    expect(shipped.length).toBeGreaterThanOrEqual(12);
    expect(shipped).toEqual(expect.arrayContaining(ALWAYS));
  });

  test.each(names)('%s', (name) => {
    if (failures.has(name)) throw failures.get(name);
    const score = scores.get(name) as ScenarioScore;
    process.stderr.write(`${name}\n${scoreLines(score).join('\n')}\n`);
    expect(score).toMatchObject({ missed: 0, falseAlarms: [], unexplained: 0, crashes: 0 });
    expect(score.made).toBeGreaterThan(500);
    SHOWS[name]?.(score);
  });
});
