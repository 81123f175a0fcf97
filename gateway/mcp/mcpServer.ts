import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestGateway, Tool } from './tool.ts';

/** A Model Context Protocol server with the given tools. A tool that fails returns its reason as an error. */
export function mcpServer(tools: readonly Tool[], request: RequestGateway, version: string): McpServer {
  const server = new McpServer({ name: 'millwright', version });
  for (const { name, description, input, isAction, run } of tools) {
    const annotations = { readOnlyHint: !isAction, destructiveHint: false, openWorldHint: false };
    server.registerTool(name, { description, inputSchema: input, annotations }, async (args: object) => {
      try {
        const answer = await run(request, args as never);
        return { content: [{ type: 'text' as const, text: JSON.stringify(answer) }] };
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return { isError: true, content: [{ type: 'text' as const, text }] };
      }
    });
  }
  return server;
}
