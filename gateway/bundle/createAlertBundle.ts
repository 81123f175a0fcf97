import { createHash } from 'node:crypto';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { type Decision, decisionSchema } from '#models/contracts/decision.ts';
import {
  type EvidenceMessage,
  isSignal,
  type SignalEvidence,
  signalEvidenceSchema,
  type ValuesEvidence,
  valuesEvidenceSchema,
} from '#models/contracts/evidence.ts';
import { createTar, readTar, type TarFile } from './tar.ts';

/** Contains the SHA-256 of every other file, in the format of `sha256sum`. */
export const MANIFEST = 'MANIFEST.sha256';
/** Folders of a decision's parts and of the basis of values, as separate files, each with a hash in the manifest. */
const DECISION = 'decision/';
const BASIS = 'decision/basis/';

/** Evidence from which its verdict can be replayed. */
export type DecidedEvidence = (SignalEvidence & { decision: Decision }) | ValuesEvidence;
export const hasDecision = (evidence: EvidenceMessage): evidence is DecidedEvidence => evidence.decision !== undefined;

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The evidence of an alert as a tar archive: the alert, its signal or values, all inputs of its verdict, and a manifest. The
 * same evidence gives the same bytes.
 * @param gatewayVersion version of Millwright.
 */
export function createAlertBundle(alert: AlertRecord, evidence: DecidedEvidence, gatewayVersion: string): Buffer {
  const { decision, ...rest } = evidence;
  const { version, ...parts } = decision;
  const contents: Record<string, unknown> = {
    'alert.json': alert,
    [isSignal(evidence) ? 'signal.json' : 'values.json']: rest,
    'versions.json': { edge: version, gateway: gatewayVersion },
    ...inFolder(DECISION, { ...parts, basis: undefined }),
    ...('basis' in parts ? inFolder(BASIS, parts.basis) : {}),
  };
  const files = Object.entries(contents).map(([name, content]): TarFile => {
    return { name, bytes: Buffer.from(`${JSON.stringify(content, null, 1)}\n`) };
  });
  const manifest = files.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join('');
  return createTar([...files, { name: MANIFEST, bytes: Buffer.from(manifest) }]);
}

/** Each field as a file of a folder. */
const inFolder = (folder: string, fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (field === undefined ? [] : [[`${folder}${name}.json`, field]])),
  );

export interface OpenedBundle {
  evidence: DecidedEvidence;
  /** Alert id. */
  alert: string;
  versions: { edge: string; gateway: string };
  /** Hash of the manifest: anyone who noted it recognises a rebuilt bundle. */
  manifestSha256: string;
  /** Files that do not match the manifest; empty if all do. */
  tampered: string[];
}

/** @throws Error if the archive is not an evidence bundle. */
export function openBundle(archive: Buffer): OpenedBundle {
  const files = new Map(readTar(archive).map(({ name, bytes }) => [name, bytes]));
  const manifest = files.get(MANIFEST);
  if (manifest === undefined) throw new Error(`it has no ${MANIFEST}`);
  const tampered = manifestFaults(manifest.toString('utf8'), files);
  const json = (name: string): unknown => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`${name} is missing`);
    return JSON.parse(bytes.toString('utf8'));
  };
  /** The files of a folder, as fields. */
  const folder = (name: string) =>
    Object.fromEntries(
      [...files.keys()]
        .filter((file) => file.startsWith(name) && file.lastIndexOf('/') === name.length - 1)
        .map((file) => [file.slice(name.length, -'.json'.length), json(file)]),
    );
  const versions = json('versions.json') as OpenedBundle['versions'];
  const parts = { version: versions.edge, ...folder(DECISION) };
  const evidence: DecidedEvidence = files.has('values.json')
    ? valuesEvidenceSchema.parse({ ...(json('values.json') as object), decision: { ...parts, basis: folder(BASIS) } })
    : { ...signalEvidenceSchema.parse(json('signal.json')), decision: decisionSchema.parse(parts) };
  return {
    evidence,
    alert: String((json('alert.json') as AlertRecord).id),
    versions,
    manifestSha256: sha256(manifest),
    tampered,
  };
}

function manifestFaults(manifest: string, files: ReadonlyMap<string, Buffer>): string[] {
  const listed = new Map(
    manifest
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const changed = [...listed].flatMap(([name, hash]) => {
    const bytes = files.get(name);
    if (bytes === undefined) return [`${name} is missing`];
    return sha256(bytes) === hash ? [] : [`${name} was changed`];
  });
  const added = [...files.keys()].filter((name) => name !== MANIFEST && !listed.has(name));
  return [...changed, ...added.map((name) => `${name} was added`)];
}
