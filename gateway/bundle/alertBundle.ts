import { createHash } from 'node:crypto';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { type Decision, decisionSchema } from '#models/contracts/decision.ts';
import { type EvidenceMessage, evidenceMessageSchema } from '#models/contracts/evidence.ts';
import { filesOfTar, type TarFile, tarOf } from './tar.ts';

/** Lists the SHA-256 of every other file, as `sha256sum` writes it. */
export const MANIFEST = 'MANIFEST.sha256';
/** Parts of a decision that are files of their own, so that the manifest has a hash of each. */
const PARTS = ['configuration', 'features', 'baseline', 'trigger', 'alert', 'context', 'axial', 'verdict'] as const;

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The evidence of an alert in one tar archive: the alert, its signal, all that its verdict was made of, and a manifest.
 * The same evidence gives the same bytes.
 * @param evidence with its decision. @param gatewayVersion of Millwright.
 */
export function alertBundle(
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
  return tarOf([...files, { name: MANIFEST, bytes: Buffer.from(manifest) }]);
}

export interface OpenedBundle {
  evidence: EvidenceMessage & { decision: Decision };
  /** Id of the alert. */
  alert: string;
  versions: { edge: string; gateway: string };
  /** Of the manifest: whoever noted it knows a bundle that was made anew. */
  manifestSha256: string;
  /** Files that are not what the manifest says; empty: all are. */
  tampered: string[];
}

/** @throws Error where the archive is no evidence bundle. */
export function openBundle(archive: Buffer): OpenedBundle {
  const files = new Map(filesOfTar(archive).map(({ name, bytes }) => [name, bytes]));
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
