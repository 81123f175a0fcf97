import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { loadProcessModel, type ReadyModel } from './judgeRows.ts';
import { learnOwnMembers, type OwnMembers, withMembers } from './ownMembers.ts';
import { freshState, type ProcessModel, trainProcess } from './processModel.ts';
import type { ProcessScore, ProcessState } from './processState.ts';

const CHANNELS = ['flow', 'heat', 'load'];
const MARGIN = 2;
const STARTS = new Set([400, 800]);
const noNetwork = () => Promise.reject(new Error('no network'));

/** Flow and heat follow the load. */
function plant(seed: number): (load?: number) => Float64Array {
  const random = randomOf(seed);
  return (load = 0.7) => {
    const now = load + 0.05 * gaussian(random);
    return Float64Array.of(80 * now + 0.4 * gaussian(random), 20 + 40 * now + 0.4 * gaussian(random), now);
  };
}

function learn(rows: Float64Array[], context: string[] = ['load']): { model: ProcessModel; own: OwnMembers } {
  const model = trainProcess('principal_components', CHANNELS, rows, { data: 'made up', version: '', seed: 1 });
  return {
    model,
    own: learnOwnMembers({ channels: CHANNELS, rows, starts: STARTS, context: new Set(context) }, MARGIN),
  };
}

async function readyOf({ model, own }: ReturnType<typeof learn>): Promise<ReadyModel> {
  return withMembers(await loadProcessModel(model, noNetwork), CHANNELS, own);
}

async function judge(ready: ReadyModel, state: ProcessState, rows: readonly Float64Array[]) {
  const judged = await ready.judge(
    rows.map((row) => Array.from(row)),
    state,
  );
  return { state: judged.state, scores: judged.scores as ProcessScore[] };
}

const training = (next: (load?: number) => Float64Array) => Array.from({ length: 1200 }, () => next());
const members = (scores: readonly ProcessScore[]) =>
  new Set(scores.flatMap(({ by = [] }) => by.map(({ member, channel }) => `${member} ${channel}`)));

describe('members of the panel beside a model', () => {
  test('normal rows stay below every limit; a broken relation, a stuck sensor and a step are named', async () => {
    const next = plant(1);
    const learned = learn(training(next));
    const ready = await readyOf(learned);
    const quiet = await judge(
      ready,
      freshState(learned.model),
      Array.from({ length: 2000 }, () => next()),
    );
    expect(members(quiet.scores).size).toBe(0);
    expect(quiet.scores.every(({ index, level = 0 }) => index < 1 && index >= level)).toBe(true);
    const change = (of: (row: Float64Array) => void) =>
      judge(
        ready,
        quiet.state,
        Array.from({ length: 40 }, () => {
          const row = next();
          of(row);
          return row;
        }),
      );
    expect(
      members(
        (
          await change((row) => {
            row[0] *= 0.8;
          })
        ).scores,
      ),
    ).toContain('relation flow');
    const stuck = await change((row) => {
      row[1] = 48;
    });
    expect(members(stuck.scores)).toContain('stuck heat');
    const step = await change((row) => {
      row[1] += 60;
    });
    expect(members(step.scores)).toContain('sudden heat');
    expect(step.scores[5].channels[0]).toBe('heat');
    expect(step.scores[5].index).toBe(Math.max(step.scores[5].level ?? 0, step.scores[5].by?.[0].ratio ?? 0));
  });

  test('a step of the load explains a step of the values that follow it', async () => {
    const next = plant(2);
    const rows = training(next);
    const start = Array.from({ length: 100 }, () => next());
    const step = Array.from({ length: 20 }, () => next(1.6));
    for (const [context, found] of [
      [['load'], false],
      [[], true],
    ] as const) {
      const learned = learn(rows, [...context]);
      const ready = await readyOf(learned);
      const { state } = await judge(ready, freshState(learned.model), start);
      const after = members((await judge(ready, state, step)).scores);
      expect(after.has('sudden heat')).toBe(found);
    }
  });

  test('a member skips channels in which its limits did not hold in the rest of the training', () => {
    const next = plant(3);
    const rows = training(next);
    const steady = learn(rows).own;
    for (const row of rows.slice(1000, 1100)) row[1] += 60;
    const stepped = learn(rows).own;
    const watched = ({ watches }: OwnMembers, member: string) =>
      watches.filter((watch) => watch.member === member).map(({ visible }) => Object.keys(visible));
    expect(watched(steady, 'sudden')).toEqual([
      ['flow', 'heat'],
      ['flow', 'heat'],
    ]);
    expect(watched(stepped, 'sudden')).toEqual([['flow'], ['flow']]);
    expect(watched(stepped, 'range')).toEqual([['flow']]);
  });

  test('a change configured as normal is not reported, even if the training does not show it', async () => {
    const next = plant(9);
    const rows = training(next);
    const { model } = learn(rows);
    const of = { channels: CHANNELS, rows, starts: STARTS, context: new Set(['load']) };
    const own = learnOwnMembers({ ...of, normalChanges: new Map([['heat', 100]]) }, MARGIN);
    const ready = await readyOf({ model, own });
    const { state } = await judge(
      ready,
      freshState(model),
      Array.from({ length: 100 }, () => next()),
    );
    for (const [by, found] of [
      [60, false],
      [130, true],
    ] as const) {
      const stepped = Array.from({ length: 20 }, () => next()).map((row) =>
        Float64Array.of(row[0], row[1] + by, row[2]),
      );
      expect(members((await judge(ready, state, stepped)).scores).has('sudden heat')).toBe(found);
    }
    expect(own.watches[1].visible.heat).toBeGreaterThan(100);
  });

  test('after a gap the recent past is discarded, and a jump between stretches is not a step', async () => {
    const next = plant(4);
    const rows = training(next);
    for (const row of rows.slice(400, 800)) row[1] += 30;
    const learned = learn(rows);
    const ready = await readyOf(learned);
    const { state } = await judge(
      ready,
      freshState(learned.model),
      Array.from({ length: 100 }, () => next()),
    );
    const later = Array.from({ length: 30 }, () => {
      const row = next();
      row[1] += 40;
      return row;
    });
    const sudden = async (from: ProcessState) => members((await judge(ready, from, later)).scores).has('sudden heat');
    expect(await sudden(state)).toBe(true);
    expect(await sudden({ ...state, follows: 'gap' })).toBe(false);
  });

  test('the state is small, and verdicts do not depend on batching or on storage of the state', async () => {
    const next = plant(5);
    const learned = learn(training(next));
    const rows = Array.from({ length: 120 }, (_, t) => next(t > 90 ? 1.2 : 0.7));
    const whole = await judge(await readyOf(learned), freshState(learned.model), rows);
    let state = freshState(learned.model);
    const scores: ProcessScore[] = [];
    for (let t = 0; t < rows.length; t += 7) {
      const one = await judge(await readyOf(deserialize(serialize(learned))), state, rows.slice(t, t + 7));
      scores.push(...one.scores);
      state = deserialize(serialize(one.state));
    }
    expect(scores).toEqual(whole.scores);
    expect(serialize(state).length / CHANNELS.length).toBeLessThan(4096);
    expect(serialize(learned).length / CHANNELS.length).toBeLessThan(64 * 1024);
    const foreign = { ...state, members: new Float64Array(3) };
    await expect(judge(await readyOf(learned), foreign, rows)).rejects.toThrow('a state of 3 numbers');
  });
});

/**
 * State stored by the first version with members: later versions must resume from it with the same verdicts. Regenerate
 * (MILLWRIGHT_GOLDEN_STATES=1) only if a change of the stored state comes with a migration.
 */
test('resumes from the state of an earlier version', async () => {
  const file = new URL('fixtures/ownMembers.json', import.meta.url);
  const next = plant(6);
  const rows = Array.from({ length: 30 }, (_, t) => next(t > 20 ? 1.1 : 0.7));
  const verdicts = async (learned: ReturnType<typeof learn>, state: ProcessState) =>
    (await judge(await readyOf(learned), state, rows)).scores.map(({ index, by = [] }) => ({
      index: Number(index.toPrecision(6)),
      by: by.map(({ member, channel }) => `${member} ${channel}`),
    }));
  if (process.env.MILLWRIGHT_GOLDEN_STATES) {
    const learned = learn(training(plant(7)));
    const { state } = await judge(await readyOf(learned), freshState(learned.model), training(plant(8)).slice(0, 100));
    const stored = [learned, state].map((one) => serialize(one).toString('base64'));
    writeFileSync(file, `${JSON.stringify({ stored, verdicts: await verdicts(learned, state) }, null, 2)}\n`);
  }
  const { stored, verdicts: before } = JSON.parse(readFileSync(file, 'utf8'));
  const [learned, state] = stored.map((text: string) => deserialize(Buffer.from(text, 'base64')));
  expect(await verdicts(learned, state)).toEqual(before);
});
