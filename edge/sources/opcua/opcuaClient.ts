import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import {
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua-client';
import { setDefaultCertificateSubject } from 'node-opcua-common';
import { setErrorLogger, setTraceLogger, setWarningLogger } from 'node-opcua-debug';
import { listCertificates } from '../../certificates/certificateStore.ts';
import type { OpcuaSourceConfig } from './opcuaConfig.ts';

// The library logs to stdout, which is reserved for results.
for (const set of [setErrorLogger, setTraceLogger, setWarningLogger])
  set((_where, ...words) => void process.stderr.write(`node-opcua: ${format(...words)}\n`));

// The edge's self-made certificate would otherwise name the library's makers.
setDefaultCertificateSubject('/O=Millwright');

/**
 * Servers that the edge trusts. The library's index lags behind the folder: it would move a newly trusted certificate
 * back to the rejected ones.
 */
class ServerCertificates extends OPCUACertificateManager {
  override async rejectCertificate(chain: Buffer | Buffer[]): Promise<void> {
    const [certificate] = Array.isArray(chain) ? chain : [chain];
    const thumbprint = createHash('sha1').update(certificate).digest('hex');
    const isTrusted = listCertificates(this.rootDir, Date.now()).some(
      (known) => known.place === 'trusted' && known.thumbprint === thumbprint,
    );
    if (!isTrusted) await super.rejectCertificate(chain);
  }
}

/**
 * Creates an unconnected client; certificates are in the edge's `pki` folder.
 * @param serverCertificate in DER, for a server that does not provide it; else the server is asked.
 */
export function opcuaClient(config: OpcuaSourceConfig, dataDirectory: string, serverCertificate?: Buffer): OPCUAClient {
  return OPCUAClient.create({
    ...(serverCertificate === undefined ? {} : { serverCertificate }),
    applicationName: 'Millwright',
    clientCertificateManager: new ServerCertificates({
      rootFolder: join(dataDirectory, 'pki'),
      automaticallyAcceptUnknownCertificate: false,
    }),
    securityMode: MessageSecurityMode[config.securityMode],
    securityPolicy: SecurityPolicy[config.securityPolicy],
    endpointMustExist: false,
    keepSessionAlive: true,
    // With a standby, an unreachable server is abandoned soon; else the client keeps trying.
    connectionStrategy: { initialDelay: 200, maxDelay: 1000, maxRetry: config.standby.length > 0 ? 1 : -1 },
  });
}

/**
 * Calls back when the library would replace a session that the server no longer has, and keeps it from recreating the
 * old monitored items there: the server may have renumbered its namespaces, and with them the node ids.
 */
export function onNewSession(client: OPCUAClient, call: () => void): void {
  const hooks: { beforeSubscriptionRecreate?: () => Promise<Error | undefined> } = client as object;
  hooks.beforeSubscriptionRecreate = async () => {
    call();
    return new Error('the source connects anew instead');
  };
}

/** The user identity: anonymous, name and password, or certificate. @throws if a file cannot be read. */
export function identityOf({
  username,
  passwordFile,
  userCertificateFile,
  userKeyFile,
}: OpcuaSourceConfig): UserIdentityInfo {
  if (userCertificateFile !== undefined && userKeyFile !== undefined) {
    const { raw } = new X509Certificate(readFileSync(userCertificateFile));
    const privateKey = readFileSync(userKeyFile, 'utf8');
    return { type: UserTokenType.Certificate, certificateData: raw, privateKey };
  }
  if (username === undefined) return { type: UserTokenType.Anonymous };
  const password = passwordFile === undefined ? '' : readFileSync(passwordFile, 'utf8').trim();
  return { type: UserTokenType.UserName, userName: username, password };
}
