import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, test } from 'vitest';
import { apiServer, secretFile } from '../api/apiServer.fixture.ts';
import { requestGateway } from '../requestGateway.ts';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { analyzeTool, forecastTool } from './fileTools.ts';
import { listenHttp } from './httpTransport.ts';
import { highestLines, machineTools } from './machineTools.ts';
import { mcpServer } from './mcpServer.ts';
import { planTools } from './planTools.ts';
import type { RequestGateway, Tool } from './tool.ts';

const all = [...machineTools, ...planTools, forecastTool];
const readers = all.filter((tool) => !tool.isAction);

async function clientOf(tools: readonly Tool[], ask: RequestGateway): Promise<Client> {
  const [serverEnd, clientEnd] = InMemoryTransport.createLinkedPair();
  await mcpServer(tools, ask, '1.2.3').connect(serverEnd);
  const client = new Client({ name: 'test', version: '0' });
  await client.connect(clientEnd);
  return client;
}

interface Answer {
  isError?: boolean;
  content: { text: string }[];
}
const call = async (client: Client, name: string, args: object = {}) =>
  (await client.callTool({ name, arguments: args as Record<string, unknown> })) as unknown as Answer;
const json = ({ content }: Answer) => JSON.parse(content[0].text);

const VIEWER = '0123456789-abcdefghij-viewer';
async function gateway() {
  const tokens = [{ name: 'reader', role: 'viewer', tokenFile: secretFile(VIEWER) }];
  const made = await apiServer({ tokens });
  takeAlert(made.store, { id: 'plant/edge-1/pump-1/1', asset: 'pump-1' });
  await made.app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(made.app.server.address() as AddressInfo).port}`;
  const ask =
    (token?: string): RequestGateway =>
    (path, body) =>
      requestGateway(url, token, path, body);
  return { ...made, ask };
}

test('every tool has a description and arguments; actions are marked as such', async () => {
  const client = await clientOf(all, async () => ({}));
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(all.length);
  for (const { description, inputSchema } of tools) {
    expect(description).toMatch(/^[A-Z].*\.$/s);
    expect(inputSchema.type).toBe('object');
  }
  const actions = tools.filter((t) => t.annotations?.readOnlyHint === false).map((t) => t.name);
  expect(actions).toEqual(['acknowledge_alert', 'decide_order']);
  expect(client.getServerVersion()).toMatchObject({ name: 'millwright', version: '1.2.3' });
});

test("tools return the gateway's data, and its refusals as errors", async () => {
  const { app, ask } = await gateway();
  const client = await clientOf(all, ask(VIEWER));
  const alerts = json(await call(client, 'list_alerts', { asset: 'pump-1' }));
  expect(alerts).toMatchObject([{ asset: 'pump-1', state: 'unacknowledged' }]);
  const [{ id }] = alerts;
  expect(json(await call(client, 'get_alert', { id }))).toMatchObject({ alert: { id } });
  const refused = await call(client, 'acknowledge_alert', { id, by: 'model', comment: 'seen' });
  expect(refused.isError).toBe(true);
  expect(refused.content[0].text).toContain('the role viewer may not do this');
  const missing = await call(client, 'get_plan_item', { item: 'belt' });
  expect(missing).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('no plan of belt') }] });
  const stranger = await clientOf(readers, ask('0123456789-abcdefghij-forged'));
  expect((await call(stranger, 'list_machines')).isError).toBe(true);
  await app.close();
});

test('arguments that the schema forbids never reach the gateway', async () => {
  const requested: string[] = [];
  const client = await clientOf(all, async (path) => {
    requested.push(path);
    return [];
  });
  expect((await call(client, 'list_alerts', { limit: 100_000 })).isError).toBe(true);
  expect((await call(client, 'decide_order', { item: 'belt', by: 'm', decision: { action: 'scrap' } })).isError).toBe(
    true,
  );
  expect(requested).toEqual([]);
  await call(client, 'get_alert', { id: 'a/../../accounts' });
  expect(requested[0]).toBe('/api/v1/alerts/a%2F..%2F..%2Faccounts');
});

test('a table is forecast without a gateway; an unreadable one is reported', async () => {
  const client = await clientOf([forecastTool], async () => {
    throw new Error('no gateway is asked');
  });
  const csv = `id,${Array.from({ length: 24 }, (_, i) => i + 1)}\nbelt,${Array.from({ length: 24 }, () => 7)}\n`;
  const { forecasts } = json(await call(client, 'forecast_table', { csv, horizon: 3 }));
  expect(forecasts).toMatchObject([{ id: 'belt', mean: [7, 7, 7] }]);
  expect(await call(client, 'forecast_table', { csv: 'name\nx' })).toMatchObject({ isError: true });
});

test('a local recording is diagnosed with the given options', async () => {
  const given: unknown[] = [];
  const tool = analyzeTool((file, options) => {
    given.push(file, options);
    return { verdict: 'healthy' };
  });
  const client = await clientOf([tool], async () => null);
  const answer = await call(client, 'analyze_recording', { file: 'pump.wav', speed: 1797, bearing: '6205' });
  expect(json(answer)).toEqual({ verdict: 'healthy' });
  expect(given).toEqual(['pump.wav', { speed: 1797, bearing: '6205', channel: '0', unit: 'g' }]);
});

test('the highest lines of a spectrum, each at its frequency', () => {
  const amplitude = Array.from({ length: 100 }, (_, i) => (i === 40 ? 9 : i / 100));
  const lines = highestLines({ amplitude, stepHz: 0.5 });
  expect(lines).toHaveLength(25);
  expect(lines.slice(0, 2)).toEqual([
    { hz: 20, amplitude: 9 },
    { hz: 49.5, amplitude: 0.99 },
  ]);
});

test('over HTTP, each request uses its own token, and web pages are refused', async () => {
  const { app, ask } = await gateway();
  const http = await listenHttp(0, (token) => mcpServer(readers, ask(token), '0'));
  const url = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`);
  const connect = async (token: string) => {
    const client = new Client({ name: 'test', version: '0' });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    // The SDK's transport types conflict under exactOptionalPropertyTypes.
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }) as Parameters<Client['connect']>[0]);
    return client;
  };
  const reader = await connect(VIEWER);
  expect(json(await call(reader, 'list_alerts'))).toHaveLength(1);
  const stranger = await connect('0123456789-abcdefghij-forged');
  expect((await call(stranger, 'list_alerts')).isError).toBe(true);
  const post = (headers: Record<string, string>, body = '{}', path = '/mcp') =>
    fetch(new URL(path, url), { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  expect((await post({ origin: 'http://evil.example' })).status).toBe(403);
  expect((await post({}, 'no json')).status).toBe(400);
  expect((await post({}, '{}', '/else')).status).toBe(404);
  expect((await post({}, `"${'x'.repeat(5_000_000)}"`)).status).toBe(413);
  expect((await fetch(url)).status).toBe(405);
  await Promise.all([reader.close(), stranger.close()]);
  http.closeAllConnections();
  http.close();
  await app.close();
});
