import { NO_ALERT } from '#models/alerting/assetAlert.ts';
import { WIRING } from '../alert/alertFamily.ts';
import type { AlertReports } from '../alert/alertReports.ts';
import type { MachineState } from '../machineState.ts';
import { createWiringAlert, createWiringMessage } from './wiringAlert.ts';
import type { WiringChange } from './wiringVotes.ts';

/**
 * Reports a new wiring fault to the integrator, and later its end; once each, also across restarts.
 * @param origin the beginning of each alert's id.
 * @param state of the machine; modified here.
 * @returns whether the report was new.
 */
export function reportWiring(
  change: WiringChange,
  origin: string,
  state: Pick<MachineState, 'alerts'>,
  reports: AlertReports,
): boolean {
  const { asset, point, timeMs, kind, isPresent } = change;
  const family = `${WIRING}${kind}.${point}`;
  const before = state.alerts.get(family);
  if (isPresent === (before?.active ?? false)) return false;
  const alert = before?.active ? before : createWiringAlert(`${origin}.${asset}.${family}`, point, timeMs);
  state.alerts.set(family, isPresent ? alert : NO_ALERT);
  reports.reportToIntegrator(createWiringMessage(change, alert));
  return true;
}
