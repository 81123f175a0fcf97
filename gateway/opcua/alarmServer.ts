import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import {
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  type UAObject,
  type UAObjectType,
  type Variant,
} from 'node-opcua';
import { setErrorLogger, setTraceLogger, setWarningLogger } from 'node-opcua-debug';
import { type Logger, pino } from 'pino';
import { isLoopback } from '../apiConfig.ts';
import { AlarmConditions } from './alarmConditions.ts';
import { actionOf, type ConditionCall } from './alarmMethods.ts';
import { followAlerts } from './followAlerts.ts';
import { GatewayRefusal, GatewaySession } from './gatewaySession.ts';
import type { OpcuaAlarmsConfig } from './opcuaAlarmsConfig.ts';

// The library writes to stdout, which is reserved for results.
for (const set of [setErrorLogger, setTraceLogger, setWarningLogger])
  set((_where, ...words) => void process.stderr.write(`node-opcua: ${format(...words)}\n`));

/** Methods that would change a condition without the gateway. */
const REFUSED = new Set(['Enable', 'Disable']);

export interface RunningAlarmServer {
  port: number;
  stop(): Promise<void>;
}

/**
 * Serves a gateway's alerts as OPC UA Alarms & Conditions. Clients sign in with gateway accounts, and each call is a
 * request under that account: calls that the gateway refuses change nothing.
 * @throws if the port is in use or the data directory is unusable.
 */
export async function startAlarmServer(config: OpcuaAlarmsConfig): Promise<RunningAlarmServer> {
  const log = pino({ name: 'opcua-alarms' }, pino.destination(2));
  const token = config.tokenFile === undefined ? undefined : readFileSync(config.tokenFile, 'utf8').trim();
  const own = GatewaySession.withToken(config.gateway, token);
  const sessions = new WeakMap<object, GatewaySession>();
  const server = newServer(config, sessions, log);
  await server.initialize();
  const space = server.engine.addressSpace;
  if (space === null) throw new Error('the server has no address space');
  const conditions = new AlarmConditions(space, log);
  const calls = new AlarmCalls(conditions, log);
  space.addMethodCallInterceptor((context, object, method, inputs) => {
    // The type's methods delegate to the condition's own methods, which pass through here again.
    if (method.nodeId.namespace === 0 && /helve$/.test(method.browseName.name ?? '')) return StatusCodes.Good;
    const session = sessions.get(context.session ?? context) ?? own;
    return calls.intercept(session, object, method.browseName.name ?? '', inputs);
  });
  await server.start();
  const stop = new AbortController();
  const following = followAlerts(own, conditions, log, stop.signal);
  const [endpoint] = server.endpoints;
  log.info({ port: endpoint.port }, 'OPC UA alarms started');
  return {
    port: endpoint.port,
    async stop() {
      stop.abort();
      await following;
      await server.shutdown(0);
      log.info('OPC UA alarms stopped');
    },
  };
}

function newServer(
  { gateway, publicUrl, dataDirectory, host, port, anonymous, trustClients }: OpcuaAlarmsConfig,
  sessions: WeakMap<object, GatewaySession>,
  log: Logger,
): OPCUAServer {
  const origin = new URL(publicUrl ?? gateway).origin;
  const certificates = (folder: string) =>
    new OPCUACertificateManager({
      rootFolder: join(dataDirectory, folder),
      automaticallyAcceptUnknownCertificate: trustClients,
    });
  return new OPCUAServer({
    port,
    host,
    allowAnonymous: anonymous,
    // Without a certificate, a client is not authenticated and its traffic is unencrypted: on loopback only.
    ...(isLoopback(host)
      ? {}
      : {
          securityModes: [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
          securityPolicies: [
            SecurityPolicy.Basic256Sha256,
            SecurityPolicy.Aes128_Sha256_RsaOaep,
            SecurityPolicy.Aes256_Sha256_RsaPss,
          ],
        }),
    serverInfo: { applicationName: { text: 'Millwright alarms' } },
    serverCertificateManager: certificates('pki'),
    userCertificateManager: certificates('userPki'),
    userManager: {
      isValidUserAsync(name, password, done) {
        GatewaySession.signIn(gateway, origin, name, password).then(
          (session) => {
            sessions.set(this, session);
            this.once('session_closed', () =>
              session.signOut().catch((error) => log.warn({ error: String(error) }, 'a session could not be closed')),
            );
            done(null, true);
          },
          (error) => {
            log.warn({ name, error: String(error) }, 'a client could not sign in');
            done(null, false);
          },
        );
      },
    },
  });
}

/** Applies client calls on conditions at the gateway before they take effect. */
class AlarmCalls {
  readonly #conditions: AlarmConditions;
  readonly #log: Logger;

  constructor(conditions: AlarmConditions, log: Logger) {
    this.#conditions = conditions;
    this.#log = log;
  }

  async intercept(
    session: GatewaySession,
    object: UAObject | UAObjectType | null,
    method: string,
    inputs: Variant[],
  ): Promise<StatusCode> {
    if (REFUSED.has(method)) return StatusCodes.BadNotSupported;
    const call = callOf(method, inputs);
    if (call === null) return StatusCodes.Good;
    const alert = object === null ? null : this.#conditions.alertOf(object as UAObject);
    if (alert === null) return StatusCodes.BadNodeIdInvalid;
    if ('comment' in call && alert.branchOf(inputs[0].value) === null) return StatusCodes.BadEventIdUnknown;
    const action = actionOf(call, Date.now());
    if (action === null)
      return call.method === 'TimedShelve' ? StatusCodes.BadShelvingTimeOutOfRange : StatusCodes.BadInvalidArgument;
    const release = this.#conditions.hold(alert.id);
    try {
      // The gateway's response must be applied before its event, otherwise the condition would show the earlier state.
      this.#conditions.changed(await session.act(alert.id, action));
      return StatusCodes.Good;
    } catch (error) {
      this.#log.warn({ method, alert: alert.id, error: String(error) }, "the gateway refused a client's call");
      return statusOf(error);
    } finally {
      // The method itself runs before the next turn of the event loop, on the condition in the state known to the
      // client.
      setImmediate(release);
    }
  }
}

/** Parses a call on a condition; null for another method. */
function callOf(method: string, inputs: Variant[]): ConditionCall | null {
  switch (method) {
    case 'Acknowledge':
    case 'Confirm':
    case 'AddComment':
      return { method, comment: inputs[1]?.value?.text ?? '' };
    case 'TimedShelve':
      return { method, durationMs: Number(inputs[0]?.value) };
    case 'OneShotShelve':
    case 'Unshelve':
      return { method };
    default:
      return null;
  }
}

function statusOf(error: unknown): StatusCode {
  if (!(error instanceof GatewayRefusal)) return StatusCodes.BadNoCommunication;
  if (error.status === 401 || error.status === 403) return StatusCodes.BadUserAccessDenied;
  return error.status === 404 ? StatusCodes.BadNodeIdUnknown : StatusCodes.BadInvalidState;
}
