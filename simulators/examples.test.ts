import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { edgeConfigSchema } from '#edge/config.ts';
import { gatewayConfigSchema } from '#gateway/config.ts';
import { parseConfiguration } from '#models/configuration/parse.ts';
import { scenarioSchema } from './scenario.ts';

interface Compose {
  services: Record<
    string,
    { image?: string; secrets?: string[]; volumes?: string[]; environment?: Record<string, string> }
  >;
  secrets: Record<string, object>;
  volumes: Record<string, null>;
}

test.each<[string, z.ZodType]>([
  ['../edge/edge.example.yaml', edgeConfigSchema],
  ['../edge/edge.compose.yaml', edgeConfigSchema],
  ['../gateway/gateway.example.yaml', gatewayConfigSchema],
  ['../gateway/gateway.compose.yaml', gatewayConfigSchema],
  ['../gateway/gateway.scale.yaml', gatewayConfigSchema],
  ['./scenarios/demo.yaml', scenarioSchema],
])('%s is valid', (file, schema) => {
  const parsed = parseConfiguration(readFileSync(new URL(file, import.meta.url), 'utf8'), schema);
  expect(parsed).toMatchObject({ ok: true });
});

test('gateway/scale.compose.yaml gives every service its secrets, volumes and files', () => {
  const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
  const compose = parse(readFileSync(file('gateway/scale.compose.yaml'), 'utf8'), { merge: true }) as Compose;
  const services = Object.entries(compose.services);
  expect(services.map(([name]) => name)).toEqual(
    expect.arrayContaining(['nats-1', 'nats-2', 'nats-3', 'postgres', 'victoriametrics', 'gateway-1', 'gateway-2']),
  );
  for (const [name, { secrets = [], volumes = [], image }] of services) {
    for (const secret of secrets) expect(compose.secrets, name).toHaveProperty([secret]);
    for (const [source] of volumes.map((volume) => volume.split(':')))
      if (source.startsWith('.')) expect(existsSync(file(`gateway/${source}`)), `${name}: ${source}`).toBe(true);
      else expect(Object.keys(compose.volumes), name).toContain(source);
    expect(image, name).toMatch(/:v?\d/);
  }
  const named = readFileSync(file('gateway/gateway.scale.yaml'), 'utf8').match(/(?<=\/run\/secrets\/)[\w-]+/g) ?? [];
  for (const gateway of ['gateway-1', 'gateway-2'])
    expect(compose.services[gateway].secrets?.toSorted()).toEqual([...new Set(named)].toSorted());
  const edge = parseConfiguration(
    readFileSync(file('edge/edge.compose.yaml'), 'utf8'),
    edgeConfigSchema,
    compose.services.edge.environment,
    'MILLWRIGHT_EDGE',
  );
  expect(edge).toMatchObject({ ok: true });
  expect(JSON.stringify(edge)).not.toContain('mosquitto');
});

test('refuses to listen on the network without a token', () => {
  const gateway = 'dataDirectory: d\nbroker: { url: mqtt://b }\napi: { host: 0.0.0.0 }\n';
  expect(parseConfiguration(gateway, gatewayConfigSchema)).toMatchObject({ ok: false });
  const broker = 'dataDirectory: d\nbroker: { url: mqtt://b }\nembeddedBroker: { host: 0.0.0.0 }\n';
  expect(parseConfiguration(broker, gatewayConfigSchema)).toMatchObject({ ok: false });
});
