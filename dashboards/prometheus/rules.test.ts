import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string; runbook: string } }[] }[];
}
interface Cases {
  tests: { alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[];
}
const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const rules = (parse(read('rules.yml')) as Rules).groups.flatMap((group) => group.rules);
const names = rules.map(({ alert }) => alert);

test('the runbook has exactly one section per alert', () => {
  const headings = [...read('../../docs/guides/runbook.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(names);
  expect(rules.map(({ annotations }) => annotations.runbook)).toEqual(
    names.map((name) => `docs/guides/runbook.md#${name.toLowerCase()}`),
  );
});

test('a case of rules.test.yml, which promtool runs, fires each alert', () => {
  const { tests } = parse(read('rules.test.yml')) as Cases;
  const fired = tests.flatMap((one) => one.alert_rule_test).filter((one) => one.exp_alerts !== undefined);
  expect(fired.map(({ alertname }) => alertname)).toEqual(names);
});

test('each metric in a rule is exported by an edge or a gateway', () => {
  const code = read('../../edge/metrics.ts') + read('../../gateway/metrics.ts');
  const words = [...code.matchAll(/'(\w+)'/g)].map(([, word]) => word);
  const daily = [...code.matchAll(/ofDay\('(\w+)'/g)].map(([, word]) => `alarm_${word}`);
  const used = rules
    .flatMap(({ expr }) => [...expr.matchAll(/millwright_(?:edge|gateway)_(\w+)/g)])
    .map(([, name]) => name);
  expect(used.length).toBeGreaterThanOrEqual(rules.length - 1);
  expect(used.filter((name) => ![...words, ...daily].includes(name))).toEqual([]);
});
