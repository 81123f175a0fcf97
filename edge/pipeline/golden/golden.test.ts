import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { edgeConfigSchema } from '../../config.ts';
import { JobRunner } from '../../models/runJobs.ts';
import { Pipeline } from '../pipeline.ts';
import type { CommitBatch, Outgoing } from '../record/commitBatch.ts';
import configuration from './configuration.json' with { type: 'json' };
import { arrivalsBetween, mixerModel, type Timed, trendArrivals } from './goldenInput.ts';
import input from './input.json' with { type: 'json' };

/**
 * The whole pipeline, from `input.json` and `configuration.json` to the records in `before.jsonl` and `after.jsonl`,
 * before and after a restart. `vitest -u` rewrites the records; review each difference. `states.json` holds an earlier
 * version's states at the restart: later versions must continue from it, so it is rewritten
 * (MILLWRIGHT_GOLDEN_STATES=1) only with another input or configuration.
 */
const STATES = new URL('states.json', import.meta.url);
const config = edgeConfigSchema.parse(configuration);
const runner = new JobRunner();
type States = Map<string, Buffer>;

test('records up to the restart', async () => {
  const states: States = new Map();
  const { pipeline, lines } = start(states);
  await feed(pipeline, arrivalsBetween(0, 1), lines, states);
  const model = { id: 'golden', name: 'mixer', release: '1', model: mixerModel() };
  pipeline.updateModels('mixer', (slot) => slot.install(model, 'live'));
  await feed(pipeline, arrivalsBetween(1, input.restartAtS), lines, states);
  if (process.env.MILLWRIGHT_GOLDEN_STATES) writeFileSync(STATES, encodeStates(states));
  await expect(lines.join('')).toMatchFileSnapshot('before.jsonl');
});

test("records after the restart, from an earlier version's states", async () => {
  const states = readStates();
  const { pipeline, lines } = start(states);
  await feed(pipeline, arrivalsBetween(input.restartAtS, input.endS), lines, states);
  pipeline.checkSilence(input.startMs + (input.endS + input.silentAfterS) * 1000);
  drain(pipeline, lines, states);
  await feed(pipeline, trendArrivals(), lines, states);
  await expect(lines.join('')).toMatchFileSnapshot('after.jsonl');
});

function start(states: States): { pipeline: Pipeline; lines: string[] } {
  return { pipeline: new Pipeline(config, states, 'golden'), lines: [] };
}

/** Commits once a second, or when a day has passed. */
async function feed(pipeline: Pipeline, arrivals: readonly Timed[], lines: string[], states: States): Promise<void> {
  let commitMs = arrivals[0].nowMs;
  for (const { nowMs, arrival } of arrivals) {
    if (nowMs >= commitMs + 1000) {
      commitMs = nowMs;
      drain(pipeline, lines, states);
    }
    pipeline.accept(arrival, nowMs);
    for (const work of pipeline.takeModelWork())
      pipeline.applyModelResults(work, await runner.run(work.work.jobs.map(({ job }) => job)), nowMs);
  }
  drain(pipeline, lines, states, { timeMs: commitMs });
}

function drain(pipeline: Pipeline, lines: string[], states: States, ledger: { timeMs: number } | null = null): void {
  const batch: CommitBatch = pipeline.drain({ ledger });
  for (const { key, value } of batch.states) states.set(key, value);
  lines.push(...toLines(batch.outgoing));
}

/** Records as text that is identical on every processor: six digits, and long values such as features as a hash. */
function toLines(outgoing: readonly Outgoing[]): string[] {
  const text = (value: object) => JSON.stringify(value, (_, v) => shorten(v));
  const features = outgoing.filter(({ kind }) => kind === 'features');
  const others = outgoing.filter(({ kind }) => kind !== 'features');
  const lines = others.map(({ kind, topic, body }) => text({ record: kind, topic, body }));
  if (features.length > 0)
    lines.push(text({ record: 'features', messages: features.length, hash: hash(text(features)) }));
  return lines.map((line) => `${line}\n`);
}

function shorten(value: unknown): unknown {
  // Processors may differ in the last bits of these numbers.
  if (typeof value === 'object' && value !== null && '$float64' in value) return { $float64: 'numbers' };
  if (typeof value === 'number' && !Number.isInteger(value)) return Number(value.toPrecision(6));
  if (typeof value === 'string' && value.length > 250) return hash(value);
  return Array.isArray(value) && value.length > 40 ? hash(JSON.stringify(value)) : value;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

const encodeStates = (states: States) =>
  `${JSON.stringify(Object.fromEntries([...states].map(([key, value]) => [key, value.toString('base64')])), null, 2)}\n`;

function readStates(): States {
  const states: Record<string, string> = JSON.parse(readFileSync(STATES, 'utf8'));
  return new Map(Object.entries(states).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
}
