import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RECORDING = `${root}/models/health/diagnosis/fixtures/130.f32.gz`;

test('the built command serves a client over stdio; tools that need no gateway work without one', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/millwright.js', 'mcp'],
    cwd: root,
  });
  const client = new Client({ name: 'test', version: '0' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  expect(tools.map((t) => t.name)).toContain('analyze_recording');
  expect(tools.every((t) => t.annotations?.readOnlyHint)).toBe(true);
  const analyze = (args: Record<string, unknown>) => client.callTool({ name: 'analyze_recording', arguments: args });
  const { content } = await analyze({ file: RECORDING, sampleRate: 12_000, speed: 1797, bearing: '6205' });
  const [{ text }] = content as { text: string }[];
  expect(JSON.parse(text)).toMatchObject({ verdict: 'fault' });
  expect(await analyze({ file: '/no/such/file.wav' })).toMatchObject({ isError: true });
  const unreachable = await client.callTool({ name: 'list_machines', arguments: {} });
  expect(unreachable).toMatchObject({ isError: true });
  await client.close();
}, 60_000);
