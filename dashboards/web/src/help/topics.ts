import { t } from '../i18n/i18n.ts';

/** The explanation of a number. */
export interface Topic {
  name: string;
  meaning: string;
  unit: string;
  formula: string;
  source: string;
}

const RATIO = t('none: a ratio');
const SENSOR = t('that of the sensor');
const BASELINE = t('docs/guides/edge.md, baselines');
const FEATURES_GUIDE = t('docs/guides/edge.md, features');
const PLANNING = t('docs/guides/planning.md');

const envelopeLine = (name: string, formula: string): Topic => ({
  name,
  meaning: t(
    'Amplitude of the envelope at the rate at which rolling elements meet a defect of this part. It rises early, often before the total vibration does.',
  ),
  unit: SENSOR,
  formula,
  source: t('bearing geometry; docs/guides/edge.md, features'),
});

const order = (name: string, meaning: string): Topic => ({
  name,
  meaning,
  unit: SENSOR,
  formula: t('amplitude of the spectrum at this multiple of the shaft speed'),
  source: FEATURES_GUIDE,
});

/** Explanations, by the names of features and fields in the interface. */
export const TOPICS = {
  healthIndex: {
    name: t('Health index'),
    meaning: t('How far a machine has moved from its own normal. At 1 an alert is raised once the change persists.'),
    unit: t('multiples of the alert limit'),
    formula: t(
      'largest of the points; of a vibration point, the mean log-ratio of RMS and high bands to their baseline over the log of the ratio limit, smoothed',
    ),
    source: BASELINE,
  },
  timeToLimit: {
    name: t('Time to the alert limit'),
    meaning: t('When the health index reaches 1 if its present trend continues. It is not the end of life.'),
    unit: t('time, with a 90 % interval'),
    formula: t(
      'straight line through the logarithm of the index; the interval is where its 90 % band crosses the limit',
    ),
    source: t('Fieller’s theorem; docs/guides/edge.md, alerts'),
  },
  remainingLife: {
    name: t('Remaining life'),
    meaning: t('When a configured end of life is reached. Without one it is not given.'),
    unit: t('time, with a 90 % interval'),
    formula: t('as for the alert limit, up to endOfLife of the machine; or a learned model of remaining life'),
    source: t('docs/guides/edge.md, alerts; docs/guides/models.md'),
  },
  isoZone: {
    name: t('ISO zone'),
    meaning: t(
      'A: new machines. B: fit for long-term operation. C: not fit for it, plan a repair. D: may be damaged by its vibration.',
    ),
    unit: t('mm/s RMS, 10–1000 Hz'),
    formula: t('largest velocity of the machine’s points, against the limits of its group and foundation'),
    source: t('ISO 20816-3'),
  },
  velocityRmsMmPerS: {
    name: t('Velocity RMS, 10–1000 Hz'),
    meaning: t('Overall vibration: unbalance, misalignment and looseness raise it. Bearing defects do so late.'),
    unit: t('mm/s RMS'),
    formula: t('acceleration spectrum divided by 2πf, summed as power from 10 to 1000 Hz'),
    source: t('ISO 20816-1'),
  },
  rms: {
    name: t('RMS'),
    meaning: t('Overall level of the signal as the sensor measures it.'),
    unit: SENSOR,
    formula: t('root of the mean of squares, without the mean'),
    source: FEATURES_GUIDE,
  },
  crestFactor: {
    name: t('Crest factor'),
    meaning: t('How far peaks stand above the level. Single impacts raise it; it falls again as damage spreads.'),
    unit: RATIO,
    formula: t('peak over RMS; a sine has 1.41'),
    source: FEATURES_GUIDE,
  },
  kurtosis: {
    name: t('Kurtosis'),
    meaning: t('How impulsive a signal is: about 3 for a healthy bearing, more with impacts.'),
    unit: RATIO,
    formula: t('fourth central moment over the square of the variance; a sine has 1.5, noise 3'),
    source: FEATURES_GUIDE,
  },
  envelopeRms: {
    name: t('Envelope RMS'),
    meaning: t('Level of what modulates the high frequencies, where impacts ring.'),
    unit: SENSOR,
    formula: t('RMS of the envelope of the band from 0.16 to 0.62 of Nyquist'),
    source: FEATURES_GUIDE,
  },
  envelopeBpfo: envelopeLine(t('Envelope line at BPFO'), t('N/2 · (1 − d/D · cos α) × shaft speed')),
  envelopeBpfi: envelopeLine(t('Envelope line at BPFI'), t('N/2 · (1 + d/D · cos α) × shaft speed')),
  envelopeBsf2: envelopeLine(t('Envelope line at 2×BSF'), t('D/d · (1 − (d/D · cos α)²) × shaft speed')),
  envelopeFtf: envelopeLine(t('Envelope line at FTF'), t('1/2 · (1 − d/D · cos α) × shaft speed')),
  order1: order(t('1× shaft'), t('Unbalance, and a bent shaft. It grows with the square of the speed.')),
  order2: order(t('2× shaft'), t('Misalignment, and a cracked or bent shaft.')),
  runOut: {
    name: t('Run-out risk before a delivery'),
    meaning: t('Chance that the stock runs out before an order placed today would arrive.'),
    unit: t('probability'),
    formula: t('chance that demand over lead time and review exceeds stock and open orders'),
    source: PLANNING,
  },
  expectedDemand: {
    name: t('Expected demand'),
    meaning: t('Mean of the forecast over lead time and review, with the parts that failing machines need.'),
    unit: t('units of the item'),
    formula: t('forecast by history plus the chance that each machine needs the part'),
    source: PLANNING,
  },
  orderNow: {
    name: t('Order now'),
    meaning: t(
      'What to order today so that the target service is met. The sentence on the item’s page gives the reason.',
    ),
    unit: t('units of the item'),
    formula: t('order-up-to level less stock and open orders, if these are below the reorder point, in whole packs'),
    source: PLANNING,
  },
  costOfWaiting: {
    name: t('Cost of waiting for the next review'),
    meaning: t('What it is expected to cost to decide at the next review and not today. Orders are ranked by it.'),
    unit: t('currency of the plan'),
    formula: t('expected shortage without the order less that with it, times the cost of a shortage'),
    source: PLANNING,
  },
} satisfies Record<string, Topic>;

export type TopicName = keyof typeof TOPICS;

export const isTopic = (name: string): name is TopicName => Object.hasOwn(TOPICS, name);
