import { assessTrend } from '#models/health/assessTrend.ts';
import type { Score } from '#models/health/detector.ts';
import type { Asset } from '#models/machine/asset.ts';
import { type AlertFamily, type AlertReport, TREND } from '../alert/alertFamily.ts';
import type { AlertStage } from '../alert/alertStage.ts';
import { trendFamily } from '../alert/plainFamilies.ts';
import type { PointAssessment } from '../assessment/pointAssessment.ts';
import { VelocityHistory, type VelocityHistoryState } from './velocityHistory.ts';

/** Turns the velocities of a machine's points into the alert of their trend, once a day. */
export class TrendStage {
  readonly #isoClass: Asset['iso'];
  readonly #history: VelocityHistory;
  readonly #alerts: AlertStage;
  readonly #family: AlertFamily;

  /** @param onReported sends the evidence of an alert. */
  constructor(
    name: string,
    isoClass: Asset['iso'],
    state: VelocityHistoryState,
    alerts: AlertStage,
    onReported: (report: AlertReport) => void,
  ) {
    this.#isoClass = isoClass;
    this.#history = new VelocityHistory(state);
    this.#alerts = alerts;
    this.#family = trendFamily(name, onReported);
  }

  assess({ point, timeMs, score, velocityMmPerS }: PointAssessment): void {
    if (!this.#isoClass) {
      // Its ISO class was removed while the alert was active.
      if (this.#alerts.of(TREND).active) this.#alerts.step(this.#family, { point, timeMs, score, on: false }, 0);
      return;
    }
    if (!score.assessable || velocityMmPerS === undefined) return;
    const completedDays = this.#history.add(point, timeMs, velocityMmPerS);
    if (!completedDays) return;
    const { index, contribution, reasons } = assessTrend(completedDays, this.#isoClass);
    const trendScore: Score = { assessable: true, index, contributions: [contribution] };
    const values = { basis: { kind: 'trend', ...completedDays }, trigger: null } as const;
    this.#alerts.step(this.#family, { point, timeMs, score: trendScore, on: index >= 1, values }, index, reasons);
  }
}
