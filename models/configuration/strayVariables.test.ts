import { expect, test } from 'vitest';
import { z } from 'zod';
import { strayVariables } from './strayVariables.ts';

const schema = z
  .strictObject({
    dataDirectory: z.string(),
    http: z.strictObject({ port: z.int(), tokenFile: z.string().optional() }).prefault({ port: 1 }),
    sources: z.array(z.discriminatedUnion('type', [z.strictObject({ type: z.literal('mqtt'), url: z.string() })])),
  })
  .refine(() => true);

const meantBy = (name: string) => strayVariables({ [name]: 'x' }, 'MW_EDGE', schema);

test.each([
  ['MW_EDGE_HTTP__PORT', 'MW_EDGE__HTTP__PORT'],
  ['MW_EDGE_HTTP_PORT', 'MW_EDGE__HTTP__PORT'],
  ['MW_EDGE_HTTP_TOKEN_FILE', 'MW_EDGE__HTTP__TOKEN_FILE'],
  ['MW_EDGE_DATA_DIRECTORY', 'MW_EDGE__DATA_DIRECTORY'],
  ['MW_EDGE_SOURCES_0_URL', 'MW_EDGE__SOURCES__0__URL'],
  ['MW_EGDE__HTTP__PORT', 'MW_EDGE__HTTP__PORT'],
])('%s probably means %s', (name, meant) => {
  expect(meantBy(name)).toEqual([`the variable ${name} sets nothing: did you mean ${meant}?`]);
});

test.each(['MW_EDGE__HTTP__PORT', 'MW_EDGE_SERVICE_HOST', 'MW_EDGE_IMAGE', 'MW_GATEWAY__API__PORT', 'PATH', 'A__B'])(
  '%s is ignored',
  (name) => {
    expect(meantBy(name)).toEqual([]);
  },
);
