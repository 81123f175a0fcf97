/** Default settings of `LevelDetector`, chosen on bearings that ran to failure. */
export const BEARING_RUN_TO_FAILURE = {
  card: {
    name: 'bearing-run-to-failure',
    purpose: 'detects when the vibration of a machine grows beyond its baseline, with hours to weeks to go',
    method: 'mean log-ratio of RMS and the bands of 3/8 to 6/8 of Nyquist to the machine’s own normal',
    data: 'constants chosen on six open bearings of the FEMTO/PRONOSTIA rig, IEEE PHM 2012 (docs/decisions/0003-level-detector.md)',
    split: 'none: the six were looked at; its false alarms on simulated healthy machines were not',
    metrics: 'first alert of the six at 0.90, 0.96, 0.97, 0.56, 0.97 and 0.88 of their life, none before 0.3',
    limits:
      'a bearing that fails within minutes, without a rise, is not foreseen; a neighbour’s fault may be heard first',
  },
  settings: {
    /** Initial windows that are not learned from: a machine that has just started is not representative. */
    skipWindows: 20,
    /** Windows whose median becomes the baseline. */
    learnWindows: 120,
    /** The level, as a multiple of the machine's baseline, at which the index is 1. */
    ratioLimit: 2.25,
  },
} as const;
