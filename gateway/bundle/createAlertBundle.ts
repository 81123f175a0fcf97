import { createHash } from 'node:crypto';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { type Decision, decisionSchema } from '#models/contracts/decision.ts';
import { type EvidenceMessage, evidenceMessageSchema } from '#models/contracts/evidence.ts';
import { createTar, readTar, type TarFile } from './tar.ts';

/** Contains the SHA-256 of every other file, in the format of `sha256sum`. */
export const MANIFEST = 'MANIFEST.sha256';
/** Parts of a decision stored as separate files, so that the manifest has a hash of each. */
const PARTS = ['configuration', 'features', 'baseline', 'trigger', 'alert', 'context', 'axial', 'verdict'] as const;

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The evidence of an alert as a tar archive: the alert, its signal, all inputs of its verdict, and a manifest. The same
 * evidence gives the same bytes.
 * @param evidence including its decision. @param gatewayVersion version of Millwright.
 */
export function createAlertBundle(
  alert: AlertRecord,
  evidence: EvidenceMessage & { decision: Decision },
  gatewayVersion: string,
): Buffer {
  const { decision, ...signal } = evidence;
  const contents: Record<string, unknown> = {
    'alert.json': alert,
    'signal.json': signal,
    'versions.json': { edge: decision.version, gateway: gatewayVersion },
    ...Object.fromEntries(PARTS.map((part) => [`decision/${part}.json`, decision[part]])),
  };
  const files = Object.entries(contents).map(([name, content]): TarFile => {
    return { name, bytes: Buffer.from(`${JSON.stringify(content, null, 1)}\n`) };
  });
  const manifest = files.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join('');
  return createTar([...files, { name: MANIFEST, bytes: Buffer.from(manifest) }]);
}

export interface OpenedBundle {
  evidence: EvidenceMessage & { decision: Decision };
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
  const versions = json('versions.json') as OpenedBundle['versions'];
  const parts = Object.fromEntries(PARTS.map((part) => [part, json(`decision/${part}.json`)]));
  const decision = decisionSchema.parse({ version: versions.edge, ...parts });
  const evidence = evidenceMessageSchema.parse(json('signal.json'));
  return {
    evidence: { ...evidence, decision },
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
