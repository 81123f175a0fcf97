import type { PeerAlert } from '../peers/peerMessage.ts';
import type { Scenario } from '../scenario.ts';
import { type AlertScore, scoreAlerts } from './alertScore.ts';
import type { DiagnosisRating } from './faultScore.ts';

/** What another product reported while the plant ran. */
export interface PeerReport {
  name: string;
  alerts: readonly PeerAlert[];
  /** Alerts that it published and could not be parsed. */
  unreadable: number;
  /** It ended before the plant. */
  ended: boolean;
}

/** Score of another product on the same plant. */
export type PeerScore = AlertScore & Omit<PeerReport, 'alerts'>;

/** Scores a peer's alerts against the scenario's faults, like Millwright's own. */
export function scorePeer(scenario: Scenario, beginMs: number, report: PeerReport): PeerScore {
  const { alerts, ...rest } = report;
  const scored = alerts.map(({ machine, time, fault, text }) => ({
    asset: machine,
    raisedAtMs: Date.parse(time),
    text,
    evidence: { diagnosis: { fault } },
  }));
  return { ...rest, ...scoreAlerts(scenario, beginMs, scored) };
}

/** One line for Millwright and for each of its peers; empty without a peer. */
export function comparisonLines(score: AlertScore & { peers?: PeerScore[] }): string[] {
  if (!score.peers?.length) return [];
  return [lineOf('millwright', score), ...score.peers.map((peer) => lineOf(peer.name, peer) + troublesOf(peer))];
}

function lineOf(name: string, { faults, missed, falseAlarms }: AlertScore): string {
  const named = (how: DiagnosisRating) => faults.filter((f) => f.named === how).length;
  const delays = faults.flatMap(({ delayS }) => (delayS === null ? [] : [delayS])).sort((a, b) => a - b);
  const delay = delays.length === 0 ? '' : `, median delay ${delays[Math.floor(delays.length / 2)].toFixed(0)} s`;
  const names = `named ${named('right')} right, ${named('wrong')} wrong`;
  return `${name.padEnd(16)} found ${faults.length - missed} of ${faults.length}, ${names}, false ${falseAlarms.length}${delay}`;
}

function troublesOf({ unreadable, ended }: PeerScore): string {
  return `${unreadable > 0 ? `, ${unreadable} unreadable messages` : ''}${ended ? ', ended before the plant did' : ''}`;
}
