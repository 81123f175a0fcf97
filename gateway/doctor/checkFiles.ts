import { createPrivateKey, X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { GatewayConfig } from '../config.ts';
import { findWeakness } from '../identity/secret.ts';
import { DATABASES } from '../store/databases.ts';
import { incidentText, storageIncidents } from '../store/mendDatabases.ts';
import { versionOf } from '../store/migrate.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const GIGABYTE = 1024 ** 3;
const DAY_MS = 86_400_000;
const OTHERS = 0o077;
const EXPIRES_SOON_DAYS = 30;

/** Checks that the data directory exists, is writable and private, and has free disk space. */
export function checkDirectory(directory: string): Finding[] {
  if (!existsSync(directory))
    return [warning('data directory', `${directory} does not exist yet`, 'the first start creates it')];
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return [
      fault(
        'data directory',
        messageOf(error),
        `change its owner to the gateway user: chown -R millwright ${directory}`,
      ),
    ];
  }
  const { mode } = statSync(directory);
  const access =
    (mode & OTHERS) === 0
      ? ok('data directory', `${directory} is writable and private`)
      : warning('data directory', `${directory} is accessible to other users`, `chmod 700 ${directory}`);
  return [access, checkDisk(directory)];
}

function checkDisk(directory: string): Finding {
  const { bavail, blocks, bsize } = statfsSync(directory);
  const [freeGb, part] = [(bavail * bsize) / GIGABYTE, bavail / blocks];
  const text = `${freeGb.toFixed(1)} GB free (${Math.round(part * 100)} %)`;
  const remedy = 'free some, move dataDirectory, or shorten historian.retentionDays and retention';
  if (freeGb < 0.2) return fault('disk', text, remedy);
  return freeGb < 2 || part < 0.1 ? warning('disk', text, remedy) : ok('disk', text);
}

/** Checks that every database is sound and has a supported schema. Safe beside a running gateway. */
export function checkDatabases(directory: string): Finding[] {
  // `checkDirectory` has named the reason, and there is nothing to read.
  if (!isReadable(directory)) return [];
  const present = Object.keys(DATABASES).filter((name) => existsSync(join(directory, name)));
  const incidents = storageIncidents(directory).map((incident) =>
    warning(
      'storage',
      incidentText(incident),
      `restore a backup, or remove ${incident.file} when it is no longer needed`,
    ),
  );
  return [...present.map((name) => checkDatabase(directory, name)), ...incidents];
}

function isReadable(directory: string): boolean {
  try {
    accessSync(directory, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function checkDatabase(directory: string, name: string): Finding {
  try {
    const db = new Database(join(directory, name), { readonly: true });
    try {
      const [state, version, known] = [
        db.pragma('quick_check(1)', { simple: true }),
        versionOf(db),
        DATABASES[name].length,
      ];
      if (version > known)
        return fault(
          name,
          `schema version ${version}; this version of Millwright supports ${known}`,
          'start the newer version, or restore a backup',
        );
      if (state !== 'ok')
        return fault(name, String(state), 'restart the gateway, which repairs it, or restore a backup');
      return ok(name, `sound, schema version ${version} of ${known}`);
    } finally {
      db.close();
    }
  } catch (error) {
    return fault(name, messageOf(error), 'restart the gateway, which repairs it, or restore a backup');
  }
}

/** Secret files named in a configuration, by setting. */
export function secretFiles(config: GatewayConfig): [setting: string, file: string, isToken: boolean][] {
  const { api, broker, store, historian, commands, brokerAccounts: accounts, notifiers } = config;
  const named: [string, string | undefined, boolean][] = [
    ['broker.passwordFile', broker.passwordFile, false],
    ['broker.keyFile', broker.keyFile, false],
    ['broker.credentialsFile', broker.type === 'nats' ? broker.credentialsFile : undefined, false],
    ['historian.passwordFile', historian.type === 'sqlite' ? undefined : historian.passwordFile, false],
    ['store.passwordFile', store.type === 'postgres' ? store.passwordFile : undefined, false],
    ['commands.keyFile', commands?.keyFile, false],
    ['api.tls.keyFile', api.tls?.keyFile, false],
    ['api.openId.clientSecretFile', api.openId?.clientSecretFile, false],
    ['api.tokenFile', api.tokenFile, true],
    ...(api.tokens ?? []).map(({ tokenFile }, i): [string, string, boolean] => [
      `api.tokens.${i}.tokenFile`,
      tokenFile,
      true,
    ]),
    ...(['edges', 'machines', 'planners'] as const).flatMap((kind) =>
      (accounts?.[kind] ?? []).map(({ passwordFile }, i): [string, string, boolean] => [
        `brokerAccounts.${kind}.${i}.passwordFile`,
        passwordFile,
        false,
      ]),
    ),
    ...notifiers.flatMap((n, i) =>
      (['tokenFile', 'secretFile', 'passwordFile'] as const).map((key): [string, string | undefined, boolean] => [
        `notifiers.${i}.${key}`,
        (n as Record<string, unknown>)[key] as string | undefined,
        false,
      ]),
    ),
  ];
  return named.filter((entry): entry is [string, string, boolean] => entry[1] !== undefined);
}

/** Checks that secrets exist, are private, and that tokens are strong enough. */
export function checkSecrets(config: GatewayConfig): Finding[] {
  return secretFiles(config).map(([setting, file, isToken]) => {
    try {
      const secret = readFileSync(file, 'utf8').trim();
      if (secret === '') return fault(setting, `${file} is empty`, 'write the secret to it');
      const weakness = isToken ? findWeakness(secret) : null;
      if (weakness !== null) return fault(setting, `${file}: ${weakness}`, `openssl rand -hex 32 > ${file}`);
      if ((statSync(file).mode & OTHERS) !== 0)
        return warning(setting, `${file} is accessible to other users`, `chmod 600 ${file}`);
      return ok(setting, `${file} exists and is private`);
    } catch (error) {
      return fault(setting, messageOf(error), 'create the file, readable by the gateway user');
    }
  });
}

/** Checks that the configured certificates are valid, not about to expire, and match their keys. */
export function checkCertificates({ api, broker }: GatewayConfig, nowMs: number): Finding[] {
  const pairs: [string, string | undefined, string | undefined][] = [
    ['api.tls.certificateFile', api.tls?.certificateFile, api.tls?.keyFile],
    ['broker.certificateFile', broker.certificateFile, broker.keyFile],
    ['broker.caFile', broker.caFile, undefined],
  ];
  return pairs.flatMap(([setting, file, keyFile]) =>
    file === undefined ? [] : [checkCertificate(setting, file, keyFile, nowMs)],
  );
}

function checkCertificate(setting: string, file: string, keyFile: string | undefined, nowMs: number): Finding {
  try {
    const certificate = new X509Certificate(readFileSync(file));
    const days = Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS);
    const text = `${certificate.subject.replaceAll('\n', ', ')}, valid until ${certificate.validTo}`;
    if (Date.parse(certificate.validFrom) > nowMs)
      return fault(setting, `${text}, not before ${certificate.validFrom}`, 'check the clock of this machine');
    if (days < 0) return fault(setting, `${text}: expired`, 'renew it');
    if (keyFile !== undefined && !certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile))))
      return fault(setting, `${keyFile} does not match the certificate`, 'use the key of this certificate');
    return days < EXPIRES_SOON_DAYS ? warning(setting, `${text}: ${days} days`, 'renew it') : ok(setting, text);
  } catch (error) {
    return fault(setting, `${file}: ${messageOf(error)}`, 'use a certificate and key in PEM');
  }
}
