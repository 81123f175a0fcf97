import type { SignalPiece } from '#models/contracts/decision.ts';
import { replayDecision, verdictDifferences } from '#models/health/replayDecision.ts';
import { integersIn, samplesOf } from '#models/signal/int16Signal.ts';
import { openBundle } from './createAlertBundle.ts';

export interface ReplayReport {
  alert: string;
  /** Versions of Millwright that decided, created the bundle, and replay it. */
  versions: { edge: string; gateway: string; replay: string };
  manifestSha256: string;
  /** `identical`: bit for bit. `different_version`: another version of Millwright reaches a different verdict. */
  outcome: 'identical' | 'different_version' | 'tampered';
  /** What was changed, or where the verdicts differ. */
  details: string[];
}

/**
 * Reproduces an alert's verdict from its evidence bundle alone. If the same version cannot reproduce it, the bundle was
 * tampered with.
 * @param version of Millwright used for the replay.
 * @throws Error if the archive is not an evidence bundle.
 */
export function replayBundle(archive: Buffer, version: string): ReplayReport {
  const { evidence, alert, manifestSha256, tampered, ...opened } = openBundle(archive);
  const versions = { ...opened.versions, replay: version };
  const base = { alert, versions, manifestSha256 };
  if (tampered.length > 0) return { ...base, outcome: 'tampered', details: tampered };
  const { decision, pieces } = evidence;
  let details: string[];
  try {
    const replayed = replayDecision(decision, pieces.map(signalOf), decision.axial.map(signalOf));
    details = verdictDifferences(decision.verdict, JSON.parse(JSON.stringify(replayed)));
  } catch (error) {
    details = [error instanceof Error ? error.message : String(error)];
  }
  if (details.length === 0) return { ...base, outcome: 'identical', details };
  return { ...base, outcome: versions.edge === version ? 'tampered' : 'different_version', details };
}

const signalOf = (piece: SignalPiece): Float32Array =>
  samplesOf({ scale: piece.scale, integers: integersIn(piece.samples) });
