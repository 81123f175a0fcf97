import type { AlertRecord, Fault, WiringFault } from '#models/contracts/alert.ts';
import type { MachineView } from '#models/contracts/api.ts';
import { number, velocity } from '../format.ts';
import { sentence, t } from '../i18n/i18n.ts';
import { featureOf, shownOfFeature } from '../machine/features.ts';
import { pointName } from '../pointName.ts';
import { convert } from '../units.ts';

const FAULTS: Record<Fault, string> = {
  outer_race: t('outer-race defect of the bearing'),
  inner_race: t('inner-race defect of the bearing'),
  ball: t('rolling-element defect of the bearing'),
  cage: t('cage defect of the bearing'),
  bearing: t('bearing defect, part unsure'),
  unbalance: t('unbalance'),
  misalignment: t('misalignment'),
  bent_shaft: t('bent shaft'),
  misalignment_or_bent_shaft: t('misalignment or bent shaft'),
  unbalance_or_bent_shaft: t('unbalance or bent shaft'),
  looseness: t('mechanical looseness'),
  rub: t('the rotor rubs'),
  gear: t('gear fault'),
  belt: t('belt fault'),
  blade_pass: t('blade-pass vibration'),
  cavitation: t('cavitation'),
  electrical: t('electrical fault of the motor'),
  process_drift: t('away from its normal'),
  undetermined: t('vibration grows, defect not determined'),
};

const WIRING: Record<WiringFault, string> = {
  swapped_sensors: t('sensors are swapped'),
  wrong_bearing: t('the configured bearing is not the one installed'),
  wrong_scale: t('wrong scale or unit'),
  wrong_mains_frequency: t('wrong mains frequency'),
  wrong_speed: t('the speed is wrong by a factor of two'),
  inverted_axis: t('the sign is inverted'),
  dead_channel: t('dead channel'),
  duplicate_signal: t('carries the signal of another point'),
};

/** A smaller change adds nothing to the velocity itself; edges use the same ratio in their texts. */
const NOTEWORTHY_RATIO = 1.2;

/** An alert in one sentence: the machine's display name, its point, and what is wrong. */
export function alertTitle(alert: AlertRecord, machine: MachineView | undefined): string {
  const words = alertWords(alert, machine);
  const name = machine?.health.displayName ?? alert.asset;
  const place = name === '' ? '' : `${name} `;
  return words === alert.text ? words : `${place}${words}`;
}

/** The same without the machine, for its own card; the gateway's text if the alert has no codes. */
export function alertWords(alert: AlertRecord, machine: MachineView | undefined): string {
  const { asset, text, wiring } = alert;
  const start = `${asset} ${alert.point}: `;
  const point = pointName(machine?.health, alert.point);
  // Raised by the gateway itself, for example for a silent edge.
  if (!text.startsWith(start)) return text;
  if (wiring !== undefined) return `${point}: ${WIRING[wiring.kind]}: ${sentence(wiring.remedy)}`;
  const { diagnosis, contributions } = alert.evidence;
  const family = familyOf(alert);
  if (family !== 'vibration' && family !== 'value') return `${point}: ${sentence(text.slice(start.length))}`;
  const [first] = contributions;
  if (first === undefined) return `${point}: ${FAULTS[diagnosis.fault]}`;
  const unit = machine?.units[alert.point];
  const { value, normal } = first;
  if (diagnosis.fault === 'process_drift') {
    const shown = shownOfFeature(first.feature, unit);
    // Without a unit, the edge's text is more informative.
    if (unit === undefined) return text.slice(asset.length + 1);
    const values = { value: number(convert(shown, value)), normal: number(convert(shown, normal)), unit: shown.text };
    return value > normal
      ? t('{{point}}: high, {{value}} {{unit}} where {{normal}} {{unit}} is normal', { point, ...values })
      : t('{{point}}: low, {{value}} {{unit}} where {{normal}} {{unit}} is normal', { point, ...values });
  }
  const ratio = value / Math.max(normal, 1e-12);
  const times = t('{{ratio}} times its normal', { ratio: number(ratio) });
  const level = first.feature.startsWith('velocityRmsMmPerS')
    ? `${velocity(value)} ${t('RMS')}${ratio < NOTEWORTHY_RATIO ? '' : `, ${times}`}`
    : `${featureOf(first.feature).label} ${times}`;
  return `${point}: ${FAULTS[diagnosis.fault]}, ${level}`;
}

/** The kind of assessment that raised an alert, from its id: `site.edge.asset.family.time`. */
function familyOf({ id, site, edge, asset }: AlertRecord): string {
  const start = `${site}.${edge}.${asset}.`;
  return id.startsWith(start) ? id.slice(start.length).split('.')[0] : '';
}
