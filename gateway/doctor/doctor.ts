import type { GatewayConfig } from '../config.ts';
import { checkCertificates, checkDatabases, checkDirectory, checkSecrets } from './checkFiles.ts';
import { checkApi, checkBroker, checkInflux } from './checkServers.ts';
import type { Finding } from './finding.ts';

/** Everything that a gateway needs, looked at without changing any of it; a gateway may run meanwhile. */
export async function examine(config: GatewayConfig, now: () => number): Promise<Finding[]> {
  return [
    ...checkDirectory(config.dataDirectory),
    ...checkDatabases(config.dataDirectory),
    ...checkSecrets(config),
    ...checkCertificates(config, now()),
    await checkBroker(config),
    ...(await checkInflux(config, now)),
    await checkApi(config),
  ];
}

/** A finding as a line for people, with its remedy below it. */
export function linesOf({ check, state, text, remedy }: Finding): string[] {
  const line = `${state.padEnd(7)} ${check}: ${text}`;
  return remedy === undefined ? [line] : [line, `        → ${remedy}`];
}
