import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { arrivalLines } from './arrivalText.ts';
import { decode } from './decode.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

/** Each cookbook recipe: its payload and mapping must give the result on the page. */
const FOLDER = new URL('../../docs/cookbook/', import.meta.url);
const NOW_MS = Date.UTC(2026, 10, 27, 12, 0, 30);

interface Recipe {
  title: string;
  topic: string;
  payload: Buffer;
  mapping: unknown;
  timeFormat: string;
  expected: string;
}

/** A section: the topic, a block with the payload, one with the mapping, one with the result. */
function recipesOf(page: string): Recipe[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const title = section.slice(0, section.indexOf('\n'));
      const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)].map(([, kind, text]) => ({ kind, text }));
      const topic = /^Topic `(.+)`$/m.exec(section)?.[1];
      if (topic === undefined || blocks.length !== 3) throw new Error(`${title}: a topic and three blocks are wanted`);
      const [payload, mapping, result] = blocks;
      return {
        title,
        topic,
        payload:
          payload.kind === 'hex' ? Buffer.from(payload.text.replace(/\s/g, ''), 'hex') : Buffer.from(payload.text),
        mapping: parse(mapping.text),
        timeFormat: /`timeFormat: (.+)`/.exec(section)?.[1] ?? 'auto',
        expected: result.text,
      };
    });
}

function resultOf({ topic, payload, mapping, timeFormat }: Recipe): string {
  const route = new Router([subscriptionSchema.parse(mapping)]).find(topic);
  if (route === null) throw new Error('the mapping does not fit the topic');
  const limits = { nowMs: NOW_MS, maxFutureMs: 300_000, readTime: timeReader(timeFormat, 'UTC') };
  return decode(route, payload, limits).flatMap(arrivalLines).join('\n');
}

const pages = readdirSync(FOLDER).filter((name) => name !== 'README.md');

describe.each(pages)('%s', (page) => {
  const recipes = recipesOf(readFileSync(new URL(page, FOLDER), 'utf8'));
  test.each(recipes.map((recipe) => [recipe.title, recipe] as const))('%s', (_, recipe) => {
    expect(resultOf(recipe)).toBe(recipe.expected);
  });
});

test('the cookbook has recipes for at least fifty payloads', () => {
  const titles = pages.flatMap((page) => recipesOf(readFileSync(new URL(page, FOLDER), 'utf8')).map((r) => r.title));
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThanOrEqual(50);
});
