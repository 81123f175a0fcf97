import type { GatewayConfig } from '../config.ts';
import { checkCertificates, checkDatabases, checkDirectory, checkSecrets } from './checkFiles.ts';
import { checkHistorian } from './checkHistorian.ts';
import { checkPostgres } from './checkPostgres.ts';
import { checkApi, checkBroker } from './checkServers.ts';
import type { Finding } from './finding.ts';

/** Read-only checks of everything that a gateway needs; safe beside a running gateway. */
export async function runChecks(config: GatewayConfig, now: () => number): Promise<Finding[]> {
  return [
    ...checkDirectory(config.dataDirectory),
    ...checkDatabases(config.dataDirectory),
    ...checkSecrets(config),
    ...checkCertificates(config, now()),
    ...checkPostgres(config),
    ...(await checkBroker(config)),
    ...(await checkHistorian(config, now)),
    await checkApi(config),
  ];
}

/** Formats a finding for a terminal, with its remedy below it. */
export function linesOf({ check, state, text, remedy }: Finding): string[] {
  const line = `${state.padEnd(7)} ${check}: ${text}`;
  return remedy === undefined ? [line] : [line, `        → ${remedy}`];
}
