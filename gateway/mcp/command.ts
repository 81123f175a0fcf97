import { once } from 'node:events';
import { type Command, Option } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';
import type { Analyze } from './fileTools.ts';

interface McpOptions {
  gateway: string;
  tokenFile?: string;
  http?: number;
  allowActions?: boolean;
}

/** `millwright mcp`. @param analyze loads the diagnosis of recordings, which belongs to another module. */
export function addMcpCommand(program: Command, shell: Shell, analyze: () => Promise<Analyze>): void {
  program
    .command('mcp')
    .description(
      'serves machines, alerts, evidence, spectra, forecasts, plans and the diagnosis of recordings to language models, by the Model Context Protocol on stdin and stdout',
    )
    .option('--gateway <url>', 'of the running gateway', 'http://127.0.0.1:8080')
    .option('--token-file <file>', 'with the token that the gateway is asked with')
    .addOption(
      new Option('--http <port>', 'serve /mcp on loopback instead; each request brings its own bearer token')
        .argParser(portOf(shell))
        .conflicts('tokenFile'),
    )
    .option('--allow-actions', 'also offer tools that acknowledge alerts and decide on orders, as far as the token may')
    .addHelpText('after', '\nExample:\n  millwright mcp --gateway https://plant.example:8080 --token-file viewer.token')
    .action(async ({ gateway, tokenFile, http, allowActions }: McpOptions) => {
      const { requestGateway } = await import('../requestGateway.ts');
      const { mcpServer } = await import('./mcpServer.ts');
      const { machineTools } = await import('./machineTools.ts');
      const { planTools } = await import('./planTools.ts');
      const { analyzeTool, forecastTool } = await import('./fileTools.ts');
      const shared = [...machineTools, ...planTools, forecastTool].filter((t) => allowActions || !t.isAction);
      const serverFor = (tools: typeof shared) => (token: string | undefined) =>
        mcpServer(tools, (path, body) => requestGateway(gateway, token, path, body), shell.version);
      if (http !== undefined) {
        const { listenHttp } = await import('./httpTransport.ts');
        const server = await listenHttp(http, serverFor(shared));
        shell.info(`http://127.0.0.1:${http}/mcp`);
        await shell.runUntilStopped({ stop: () => new Promise((done) => server.close(() => done())) });
        return;
      }
      const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
      const token = tokenFile === undefined ? undefined : Buffer.from(shell.bytes(tokenFile)).toString('utf8').trim();
      // Only the local user may read files of this computer, so HTTP does not offer this tool.
      const server = serverFor([...shared, analyzeTool(await analyze())])(token);
      await server.connect(new StdioServerTransport());
      // The client ends the session by closing the stream.
      await Promise.race([once(process.stdin, 'end'), once(shell.stopSignal(), 'abort')]);
      await server.close();
    });
}

const portOf = (shell: Shell) => (text: string) => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw shell.usage(`--http: ${text} is no port`);
  return port;
};
