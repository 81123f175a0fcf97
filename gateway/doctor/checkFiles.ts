import { createPrivateKey, X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { GatewayConfig } from '../config.ts';
import { weaknessOf } from '../identity/secret.ts';
import { DATABASES } from '../store/databases.ts';
import { incidentText, storageIncidents } from '../store/mendDatabases.ts';
import { versionOf } from '../store/migrate.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

const GIGABYTE = 1024 ** 3;
const DAY_MS = 86_400_000;
const OTHERS = 0o077;
const EXPIRES_SOON_DAYS = 30;

/** The data directory: there, writable, private, with room on its disk. */
export function checkDirectory(directory: string): Finding[] {
  if (!existsSync(directory))
    return [warning('data directory', `${directory} is not there yet`, 'the first start makes it')];
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return [
      fault(
        'data directory',
        messageOf(error),
        `give it to the account of the gateway: chown -R millwright ${directory}`,
      ),
    ];
  }
  const { mode } = statSync(directory);
  const access =
    (mode & OTHERS) === 0
      ? ok('data directory', `${directory} can be written, and is private`)
      : warning('data directory', `${directory} is open to other accounts`, `chmod 700 ${directory}`);
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

/** Every database: sound, of a schema that this version knows. Reads along with a gateway that runs. */
export function checkDatabases(directory: string): Finding[] {
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
          `schema version ${version}; this Millwright knows ${known}`,
          'start the newer version, or restore a backup',
        );
      if (state !== 'ok')
        return fault(name, String(state), 'restart the gateway, which salvages it, or restore a backup');
      return ok(name, `sound, schema version ${version} of ${known}`);
    } finally {
      db.close();
    }
  } catch (error) {
    return fault(name, messageOf(error), 'restart the gateway, which salvages it, or restore a backup');
  }
}

/** Files with secrets that a configuration names, by the setting. */
export function secretFiles(config: GatewayConfig): [setting: string, file: string, isToken: boolean][] {
  const { api, broker, historian, commands, brokerAccounts: accounts, notifiers } = config;
  const named: [string, string | undefined, boolean][] = [
    ['broker.passwordFile', broker.passwordFile, false],
    ['broker.keyFile', broker.keyFile, false],
    ['historian.passwordFile', historian.type === 'influx' ? historian.passwordFile : undefined, false],
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

/** Secrets: there, private, and tokens strong enough. */
export function checkSecrets(config: GatewayConfig): Finding[] {
  return secretFiles(config).map(([setting, file, isToken]) => {
    try {
      const secret = readFileSync(file, 'utf8').trim();
      if (secret === '') return fault(setting, `${file} is empty`, 'write the secret into it');
      const weakness = isToken ? weaknessOf(secret) : null;
      if (weakness !== null) return fault(setting, `${file}: ${weakness}`, `openssl rand -hex 32 > ${file}`);
      if ((statSync(file).mode & OTHERS) !== 0)
        return warning(setting, `${file} is open to other accounts`, `chmod 600 ${file}`);
      return ok(setting, `${file} is there, and private`);
    } catch (error) {
      return fault(setting, messageOf(error), 'create the file, readable by the account of the gateway');
    }
  });
}

/** Certificates that a configuration names: valid now and for a while, and with their own key. */
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
      return fault(
        setting,
        `${keyFile} is the key of another certificate`,
        'use the key that the certificate was made with',
      );
    return days < EXPIRES_SOON_DAYS ? warning(setting, `${text}: ${days} days`, 'renew it') : ok(setting, text);
  } catch (error) {
    return fault(setting, `${file}: ${messageOf(error)}`, 'give a certificate and key in PEM');
  }
}
