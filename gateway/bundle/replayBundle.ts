import type { SignalPiece, Verdict } from '#models/contracts/decision.ts';
import { isSignal } from '#models/contracts/evidence.ts';
import { replayDecision, verdictDifferences } from '#models/health/replayDecision.ts';
import { replayValues } from '#models/health/valuesDecision.ts';
import { loadModel } from '#models/inference/modelRuntimes.ts';
import { integersIn, samplesOf } from '#models/signal/int16Signal.ts';
import { type DecidedEvidence, openBundle } from './createAlertBundle.ts';

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
export async function replayBundle(archive: Buffer, version: string): Promise<ReplayReport> {
  const { evidence, alert, manifestSha256, tampered, ...opened } = openBundle(archive);
  const versions = { ...opened.versions, replay: version };
  const base = { alert, versions, manifestSha256 };
  if (tampered.length > 0) return { ...base, outcome: 'tampered', details: tampered };
  let details: string[];
  try {
    const replayed = await replay(evidence);
    details = verdictDifferences(evidence.decision.verdict, JSON.parse(JSON.stringify(replayed)));
  } catch (error) {
    details = [error instanceof Error ? error.message : String(error)];
  }
  if (details.length === 0) return { ...base, outcome: 'identical', details };
  return { ...base, outcome: versions.edge === version ? 'tampered' : 'different_version', details };
}

async function replay(evidence: DecidedEvidence): Promise<Verdict> {
  if (!isSignal(evidence)) return replayValues(evidence.decision, loadModel);
  const { decision, pieces } = evidence;
  return replayDecision(decision, pieces.map(signalOf), decision.axial.map(signalOf));
}

const signalOf = (piece: SignalPiece): Float32Array =>
  samplesOf({ scale: piece.scale, integers: integersIn(piece.samples) });
