#!/usr/bin/env node
import { accessSync, constants, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, Help } from 'commander';
import type { ZodObject, ZodType } from 'zod';
import { addAnalyzeCommand } from '#edge/analyze/command.ts';
import { addEdgeCommands } from '#edge/command.ts';
import { addDetectCommand } from '#edge/detect/command.ts';
import { addLearnCommands } from '#edge/learn/command.ts';
import { addGatewayCommands } from '#gateway/command.ts';
import { addMcpCommand } from '#gateway/mcp/command.ts';
import { CannotListen } from '#models/configuration/listenError.ts';
import type { Shell } from '#models/configuration/shell.ts';
import { addSimulatorCommands } from '#simulators/command.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. */
class UsageError extends Error {}
/** The command worked, and its result is negative: printed without a stack trace. */
class Failure extends Error {}

/** Kinds of configuration. If several match a file equally, the first wins. */
const KINDS = ['gateway', 'edge', 'scenario', 'opcua-alarms'] as const;

const packageFile = fileURLToPath(new URL('../package.json', import.meta.url));
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
const info = (line: string) => process.stderr.write(`${line}\n`);

const writeLine = (line: string) => process.stdout.write(`${line}\n`);
const shell: Shell = {
  version,
  load,
  loadToRun,
  write: writeLine,
  info,
  usage: (message) => new UsageError(message),
  failure: (message) => new Failure(message),
  runUntilStopped,
  stopSignal,
  commandFile: fileURLToPath(import.meta.url),
  bytes,
  onTable: tableCommand,
};

const program = new Command('millwright')
  .description(
    'Monitors the machines of a plant: which one is failing, why, how long it will last, and which parts it needs.',
  )
  .version(version)
  .showSuggestionAfterError()
  // Before the subcommands, which inherit it.
  .configureHelp({
    optionDescription: (option) => new Help().optionDescription(option) + (option.mandatory ? ' (required)' : ''),
  })
  .exitOverride();

addSimulatorCommands(program, shell);
addEdgeCommands(program, shell);

addAnalyzeCommand(program, shell);
addDetectCommand(program, shell);
addLearnCommands(program, shell);
addGatewayCommands(program, shell);
addMcpCommand(program, shell, async () => {
  const { analyzeFiles } = await import('#edge/analyze/analyzeFiles.ts');
  return (file, options) => {
    const lines: string[] = [];
    const usual = { pulsesPerTurn: 1, isoGroup: '2', isoFoundation: 'rigid', json: true } as const;
    analyzeFiles([file], { ...usual, ...options }, (line) => lines.push(line));
    return JSON.parse(lines.join(''));
  };
});

program
  .command('check')
  .description('checks a configuration: reports all errors with line, path, value found and values allowed')
  .argument('<file>', 'a configuration of an edge, a gateway or an OPC UA server of alerts, or a scenario')
  .option('--as <kind>', `${KINDS.join(' | ')}; by default inferred from its settings`)
  .addHelpText('after', '\nExample:\n  millwright check edge/edge.example.yaml')
  .action(async (file: string, { as }: { as?: string }) => {
    const kind = as ?? (await kindOf(await text(file)));
    await load(file, await schemaOf(kind), `MILLWRIGHT_${kind.toUpperCase().replace('-', '_')}`);
    info(`${file}: a sound ${kind} configuration`);
  });

async function text(file: string): Promise<string> {
  return bytes(file).toString('utf8');
}

/** Runs a command on tables; an unusable table is wrong usage. */
async function tableCommand(run: () => void | Promise<void> | Promise<void>): Promise<void> {
  const { TableError } = await import('#models/tables/parseTable.ts');
  try {
    await await run();
  } catch (error) {
    if (error instanceof TableError) throw new UsageError(error.message);
    throw error;
  }
}

function bytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The kind that shares most settings with the file: one may be misspelt. */
async function kindOf(yaml: string): Promise<string> {
  const names = Array.from(yaml.matchAll(/^["']?(\w+)["']?\s*:/gm), ([, name]) => name.toLowerCase());
  let [best, most] = ['gateway', 0];
  for (const kind of KINDS) {
    const known = Object.keys((await schemaOf(kind)).shape).map((name) => name.toLowerCase());
    const count = names.filter((name) => known.includes(name)).length;
    if (count > most) [best, most] = [kind, count];
  }
  return best;
}

async function schemaOf(kind: string): Promise<ZodObject> {
  switch (kind) {
    case 'edge':
      return (await import('#edge/config.ts')).edgeConfigSchema;
    case 'gateway':
      return (await import('#gateway/config.ts')).gatewayConfigSchema;
    case 'opcua-alarms':
      return (await import('#gateway/opcua/opcuaAlarmsConfig.ts')).opcuaAlarmsSchema;
    case 'scenario':
      return (await import('#simulators/scenario.ts')).scenarioSchema;
    default:
      throw new UsageError(`--as: found ${kind}; allowed: ${KINDS.join(' | ')}`);
  }
}

async function load<T>(file: string, schema: ZodType<T>, prefix: string): Promise<T> {
  const { formatError, parseConfiguration } = await import('#models/configuration/parse.ts');
  const { strayVariables } = await import('#models/configuration/strayVariables.ts');
  for (const line of strayVariables(process.env, prefix, schema)) info(line);
  const parsed = parseConfiguration(await text(file), schema, process.env, prefix);
  if (parsed.ok) return parsed.value;
  throw new UsageError(parsed.errors.map((error) => formatError(error, file)).join('\n'));
}

async function loadToRun<T>(file: string, schema: ZodType<T>, prefix: string): Promise<T> {
  const { namedFiles } = await import('#models/configuration/namedFiles.ts');
  const config = await load(file, schema, prefix);
  const faults = namedFiles(config).flatMap(({ path, file: named }) => {
    try {
      accessSync(named, constants.R_OK);
      return [];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return [`${file}: ${path}: found ${JSON.stringify(named)}; allowed: a readable file (${code})`];
    }
  });
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return config;
}

/** Aborted by Ctrl-C, by a termination signal, or when the parent of a child process exits. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (process.channel) process.once('disconnect', stop);
  return controller.signal;
}

async function runUntilStopped(service: { stop(): Promise<void> }): Promise<void> {
  const signal = stopSignal();
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await service.stop();
}

// A closed pipe is not an error: `| head` reads no more than it needs.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
  // A pipe may still buffer output; exiting now would truncate it.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  process.exit(0);
} catch (error) {
  const commander = error as { code?: string; exitCode?: number; message: string };
  if (commander.code?.startsWith('commander.')) process.exit(commander.exitCode === 0 ? 0 : 2);
  if (error instanceof UsageError) {
    info(error.message);
    process.exit(2);
  }
  if (error instanceof Failure || error instanceof CannotListen) {
    info(error.message);
    process.exit(1);
  }
  info(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}
