import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';

/** Address and credentials of a running gateway. */
export interface Reach {
  gateway: string;
  tokenFile?: string;
}

export function addGatewayOptions(command: Command): Command {
  return command
    .option('--gateway <url>', 'URL of the gateway', 'http://127.0.0.1:8080')
    .option('--token-file <file>', 'a file with a gateway token');
}

export function addressOf({ gateway }: Reach, shell: Shell): string {
  if (!URL.canParse(gateway)) throw shell.usage(`--gateway: found ${gateway}; allowed: http://host:port`);
  return gateway;
}

export function tokenOf({ tokenFile }: Reach, shell: Shell): string | undefined {
  return tokenFile === undefined ? undefined : textOf(tokenFile, '--token-file', shell).trim();
}

export function textOf(file: string, option: string, shell: Shell): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw shell.usage(`${option}: ${error instanceof Error ? error.message : error}`);
  }
}
