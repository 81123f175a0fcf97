import { readFileSync } from 'node:fs';
import { parseConfiguration } from '#models/configuration/parse.ts';
import { scenarioSchema } from '../scenario.ts';

const demo = parseConfiguration(
  readFileSync(new URL('../scenarios/demo.yaml', import.meta.url), 'utf8'),
  scenarioSchema,
);
if (!demo.ok) throw new Error('the demo scenario is broken');

/** The demo's plant. */
export const scenario = demo.value;
