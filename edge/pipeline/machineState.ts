import type { AssetAlertState } from '#models/alerting/assetAlert.ts';
import type { TriggerState } from '#models/alerting/trigger.ts';
import type { ClockCorrection } from '#models/health/quality/clockCorrection.ts';
import type { ReportedAlert } from './alert/worstMoment.ts';
import { IndexHistory, type IndexHistoryState } from './health/readIndexHistory.ts';
import type { VelocityHistoryState } from './health/velocityHistory.ts';
import type { MachineStatesState } from './operation/machineStates.ts';
import type { SlotState } from './process/modelSlot.ts';

/** The state of a machine that survives a restart, besides its points and models. */
export interface MachineState {
  rpm: number | null;
  healthMs: number;
  /** By family (`alertFamily.ts`). */
  alerts: Map<string, AssetAlertState>;
  on: string[];
  /** Last reports of active alerts, by family. */
  reported?: Map<string, ReportedAlert>;
  history: IndexHistoryState;
  /** Whether the active alert was raised without a diagnosis of enough signal. */
  undiagnosed: boolean;
  /** The alert whose signal has been sent. */
  evidenceOf?: string;
  /** The alert whose evidence was sent early, with incomplete signal: a machine may fail first. */
  firstEvidenceOf?: string;
  /** Newest velocity of each vibration point, mm/s. */
  velocities: Map<string, number>;
  velocityDays: VelocityHistoryState;
  processTrigger?: TriggerState;
  states?: MachineStatesState;
  /** State of its models. */
  slot?: SlotState;
  /** Correction of its clock. */
  clock?: ClockCorrection;
  /** When the machine was last at standstill. */
  stoodMs?: number;
}

export function emptyMachineState(): MachineState {
  return {
    rpm: null,
    healthMs: Number.NEGATIVE_INFINITY,
    alerts: new Map(),
    on: [],
    history: IndexHistory.empty(),
    undiagnosed: false,
    velocities: new Map(),
    velocityDays: new Map(),
  };
}
