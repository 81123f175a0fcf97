import type { Decision, ValuesDecision } from '#models/contracts/decision.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { recordingLines } from '#models/machine/recordingLines.ts';
import type { PointAssessment } from '../assessment/pointAssessment.ts';
import type { VibrationPoint } from '../points/vibrationPoint.ts';
import { createEvidence, type EvidenceBody } from './evidence.ts';

/** Recordings and values of one machine's points, for an alert or a command, until the next commit collects them. */
export class EvidenceReports {
  #pending: EvidenceBody[] = [];
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #shaftHz: () => number;

  constructor(name: string, config: Asset | undefined, shaftHz: () => number) {
    this.#name = name;
    this.#config = config;
    this.#shaftHz = shaftHz;
  }

  /** Adds a point's buffered signal. @param id of the alert or the command. */
  add(id: string, point: VibrationPoint, name: string, decision?: Decision): void {
    const bearing = configuredPoint(this.#config, name)?.bearing;
    const lines = recordingLines(this.#shaftHz(), bearing, this.#config?.drivetrain);
    const evidence = createEvidence(id, this.#name, name, point.unit, point.buffer, lines);
    this.#pending.push(decision === undefined ? evidence : { ...evidence, decision });
  }

  /** Adds the values behind an alert's verdict. @param id of the alert. */
  addValues(id: string, { point, timeMs }: PointAssessment, decision: ValuesDecision): void {
    this.#pending.push({ id, asset: this.#name, point, timeMs, timeQuality: 'source', decision });
  }

  take(): EvidenceBody[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }
}
