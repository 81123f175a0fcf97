import { createServer } from 'node:net';
import mqtt from 'mqtt';
import { isOverTls } from '../api/origin.ts';
import { brokerOptions, type MqttBroker } from '../brokerOptions.ts';
import type { GatewayConfig } from '../config.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const ANSWER_MS = 5000;
/** A clock with a larger offset puts measurements and alerts at misleading times. */
const MAX_OFF_S = 5;

/** Checks whether the API port is free, or a gateway responds on it. */
export async function checkApi({ api: { host, port, ...api } }: GatewayConfig): Promise<Finding> {
  if (port === 0 || (await isFree(host, port))) return ok('API', `port ${port} is free`);
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  // An untrusted certificate does not mean that the gateway is absent.
  if (isOverTls({ host, port, ...api }))
    return ok('API', `port ${port} is in use: a gateway with TLS, or another program`);
  const answer = await fetch(`http://${name}:${port}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) })
    .then((r) => r.json() as Promise<{ ok?: boolean; why?: string[] }>)
    // Any other response is not from a gateway; the finding below reports it.
    .catch(() => null);
  if (answer?.ok === true) return ok('API', `a gateway on port ${port} is ready`);
  if (answer?.ok === false)
    return fault('API', `the gateway at port ${port} is not ready: ${answer.why?.join('; ')}`, 'fix the named problem');
  return fault('API', `another program uses port ${port}`, 'stop it, or change api.port');
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Checks that the broker accepts the gateway and its subscriptions to edge messages. */
export async function checkBroker({ broker, embeddedBroker }: GatewayConfig): Promise<Finding[]> {
  if (embeddedBroker !== undefined) return [ok('broker', `embedded, at port ${embeddedBroker.port}`)];
  if (broker.type === 'mqtt') return [await checkMqtt(broker)];
  const { checkNats } = await import('./checkNats.ts');
  return checkNats(broker);
}

async function checkMqtt(broker: MqttBroker): Promise<Finding> {
  const remedy = 'start the broker, and check broker.url, username, passwordFile and caFile; its log has the reason';
  try {
    // A separate client id, so that the running gateway keeps its session.
    const options = {
      ...brokerOptions(broker),
      clientId: undefined,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: ANSWER_MS,
    };
    const client = await mqtt.connectAsync(broker.url, options, false);
    const [granted] = await client.subscribeAsync('millwright/v1/+/+/status', { qos: 1 });
    await client.endAsync();
    // 128: refused (MQTT 3.1.1, section 3.9.3).
    if ((granted?.qos as number) === 128)
      return fault(
        'broker',
        `${broker.url} refuses the subscription`,
        'allow the gateway to read millwright/v1/# (millwright gateway broker-acl)',
      );
    return ok('broker', `${broker.url} accepts the gateway`);
  } catch (error) {
    return fault('broker', `${broker.url}: ${messageOf(error)}`, remedy);
  }
}

/** Compares this machine's clock with the time in a server's response, which is in whole seconds. Pure. */
export function clockFinding(check: string, server: string, date: string | null, nowMs: number): Finding[] {
  if (date === null || Number.isNaN(Date.parse(date))) return [];
  const offS = Math.round((nowMs - Date.parse(date)) / 1000);
  if (Math.abs(offS) <= MAX_OFF_S) return [ok(check, `within ${MAX_OFF_S} s of ${server}`)];
  return [
    warning(
      check,
      `${Math.abs(offS)} s ${offS > 0 ? 'ahead of' : 'behind'} ${server}`,
      'synchronise both with NTP (timedatectl)',
    ),
  ];
}
