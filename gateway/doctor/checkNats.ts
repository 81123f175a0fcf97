import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsBroker } from '../config.ts';
import { natsOptions } from '../messages/natsOptions.ts';
import { STREAMS } from '../messages/natsStreams.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const ANSWER_MS = 5000;
/** Mosquitto's limit in the shipped configuration; evidence of edges fits into it. */
const LEAST_PAYLOAD = 4 * 1024 * 1024;

/** Checks that a NATS cluster accepts the gateway, has JetStream, and accepts the messages of edges. */
export async function checkNats(broker: NatsBroker): Promise<Finding[]> {
  const where = broker.servers.join(', ');
  try {
    const connection = await connect({
      ...natsOptions(broker, 'millwright-doctor'),
      timeout: ANSWER_MS,
      maxReconnectAttempts: 0,
    });
    try {
      const { version = '0', max_payload: mostBytes = 0 } = connection.info ?? {};
      const manager = await jetstreamManager(connection, { timeout: ANSWER_MS });
      const missing = [...STREAMS];
      for await (const { config } of manager.streams.list()) {
        const at = missing.indexOf(config.name);
        if (at >= 0) missing.splice(at, 1);
      }
      const streams = missing.length === 0 ? 'its streams exist' : 'the gateway will create its streams';
      return [ok('broker', `${where} accepts the gateway; ${streams}`), ...serverFindings(version, mostBytes)];
    } finally {
      await connection.close();
    }
  } catch (error) {
    return [
      fault(
        'broker',
        `${where}: ${messageOf(error)}`,
        'start nats-server with jetstream, server_name and mqtt, and check broker.servers, username, passwordFile, credentialsFile and caFile',
      ),
    ];
  }
}

/** What a server's version and its largest message (bytes) mean for edges. Pure. */
export function serverFindings(version: string, mostBytes: number): Finding[] {
  const findings: Finding[] = [];
  const [major, minor = 0] = version.split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 10))
    findings.push(
      warning(
        'broker',
        `nats-server ${version} disconnects edges that send a topic with a dot, such as that of machine pump.1`,
        'install nats-server 2.10 or later, or use no dots in names of sites, edges, machines and points',
      ),
    );
  if (mostBytes < LEAST_PAYLOAD)
    findings.push(
      warning(
        'broker',
        `the server disconnects edges that send more than ${mostBytes} bytes, such as evidence`,
        'set max_payload: 4MB in its configuration',
      ),
    );
  return findings;
}
