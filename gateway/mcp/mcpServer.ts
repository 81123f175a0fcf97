import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Ask, Tool } from './tool.ts';

/** A server of the Model Context Protocol over some tools. A tool that fails answers its reason as an error. */
export function mcpServer(tools: readonly Tool[], ask: Ask, version: string): McpServer {
  const server = new McpServer({ name: 'millwright', version });
  for (const { name, description, input, isAction, run } of tools) {
    const annotations = { readOnlyHint: !isAction, destructiveHint: false, openWorldHint: false };
    server.registerTool(name, { description, inputSchema: input, annotations }, async (args: object) => {
      try {
        const answer = await run(ask, args as never);
        return { content: [{ type: 'text' as const, text: JSON.stringify(answer) }] };
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return { isError: true, content: [{ type: 'text' as const, text }] };
      }
    });
  }
  return server;
}
