import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { edgeConfigSchema } from '#edge/config.ts';
import { gatewayConfigSchema } from '#gateway/config.ts';
import { parseConfiguration } from '#models/configuration/parse.ts';
import { scenarioSchema } from './scenario.ts';

test.each<[string, z.ZodType]>([
  ['../edge/edge.example.yaml', edgeConfigSchema],
  ['../edge/edge.compose.yaml', edgeConfigSchema],
  ['../gateway/gateway.example.yaml', gatewayConfigSchema],
  ['../gateway/gateway.compose.yaml', gatewayConfigSchema],
  ['./scenarios/demo.yaml', scenarioSchema],
])('%s is sound', (file, schema) => {
  const parsed = parseConfiguration(readFileSync(new URL(file, import.meta.url), 'utf8'), schema);
  expect(parsed).toMatchObject({ ok: true });
});

test('what listens on the network without a token is refused', () => {
  const gateway = 'dataDirectory: d\nbroker: { url: mqtt://b }\napi: { host: 0.0.0.0 }\n';
  expect(parseConfiguration(gateway, gatewayConfigSchema)).toMatchObject({ ok: false });
  const broker = 'dataDirectory: d\nbroker: { url: mqtt://b }\nembeddedBroker: { host: 0.0.0.0 }\n';
  expect(parseConfiguration(broker, gatewayConfigSchema)).toMatchObject({ ok: false });
});
