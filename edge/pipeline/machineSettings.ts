import { createEngine } from '#models/signal/createEngine.ts';
import type { EdgeConfig } from '../config.ts';
import { DiagnosisCredit } from './alert/diagnose.ts';
import { SignalBufferPool } from './block/signalBuffer.ts';
import type { MachineSettings } from './machine.ts';
import { ownModelPeriod } from './process/ownModelRows.ts';

/** Points whose signal is buffered at the same time: about 40 MB at 25.6 kHz, 64 MB if all are slow machines in short blocks. */
const MAX_BUFFERED_POINTS = 64;

/** Settings common to an edge's machines; engines, buffers and credit are shared. */
export function sharedSettings(config: EdgeConfig, version: string): MachineSettings {
  const { alerting, detection, windows, otherWindows, slowIntervalS, spectrumIntervalMs, healthIntervalMs } = config;
  return {
    windows,
    engine: createEngine(windows.length),
    otherWindows: otherWindows.map((shape) => ({ shape, engine: createEngine(shape.length) })),
    intervalS: slowIntervalS,
    level: detection.level,
    drift: detection.drift,
    states: detection.states,
    aheadMs: config.limits.maxFutureMs,
    falseAlerts: 0,
    trigger: alerting,
    alert: alerting,
    spectrumIntervalMs,
    healthIntervalMs,
    ownModelPeriod: ownModelPeriod(detection.ownModelDays, slowIntervalS),
    bufferPool: new SignalBufferPool(MAX_BUFFERED_POINTS),
    credit: new DiagnosisCredit(),
    version,
    coupledAlerts: () => [],
    transmittedTo: () => [],
  };
}
