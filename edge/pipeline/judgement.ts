/**
 * The constants by which the pipeline judges, each with its source; those of detectors, diagnosis and alarms are with
 * their modules in `models/health` and `models/alerting`, and bounds of memory and messages with the code that they bound.
 *
 * Sources: `argument` is the comment itself, no data set was used; `simulated month` is `npm run soak:month`, fifty healthy
 * simulated machines; a number is a decision in `docs/decisions`.
 */

// Operation.

/** Below this fraction of the rated speed a machine is at standstill or starting. Source: argument. */
export const RUNNING_FRACTION = 0.1;
/** Above this fraction of the rated speed a machine shows the lines by which wiring is judged. Source: argument. */
export const AT_SPEED_FRACTION = 0.3;
/** Slow values take this long to settle after a start. Source: simulated month, whose machines rest at weekends. */
export const WARM_UP_MS = 30 * 60_000;
/** Intervals for which an infrequent value remains valid for the operating state. Source: argument. */
export const HOLD_INTERVALS = 10;
/** Signal for one estimate of the speed: resolves lines half a hertz apart. Source: argument. */
export const ESTIMATION_S = 4;
/** How long an estimated speed is valid. Source: argument. */
export const ESTIMATE_VALID_US = 60e6;

// Tachometer.

/** Only the latest turns count: the speed may change within the buffer. Source: argument. */
export const TURNS = 3;
/** A swing below this fraction of that of earlier pulses holds no pulses. Source: argument. */
export const STILL_SWING_FRACTION = 0.3;
/** Decay of the largest swing per block of pulses: a displaced sensor gives weaker ones. Source: argument. */
export const SWING_DECAY = 0.999;
/** A shaft without pulses for this long, or in this many snapshots, is at standstill. Source: argument. */
export const STANDSTILL_S = 2;
export const STANDSTILL_SNAPSHOTS = 5;

// Blocks and windows.

/** Rates closer than this are the same: devices measure their own, which fluctuates. Source: argument. */
export const SAME_RATE_FRACTION = 0.005;
/** Blocks within this of the previous end continue it: stamps in milliseconds. Source: argument. */
export const MAX_JOIN_GAP_US = 1000;
/** Blocks overlap if one begins before the previous end by more than this fraction of itself. Source: argument. */
export const OVERLAP_FRACTION = 0.02;
/** More consecutive overlaps than a reset clock explains: the stated rate, and so every frequency, is wrong. Source: argument. */
export const WRONG_RATE_BLOCKS = 5;
/** Consecutive blocks without a window before the point reports it. Source: argument. */
export const BLOCKS_WITHOUT_WINDOW = 20;

// The signal of a diagnosis.

/** From this index on, the signal itself is kept for a diagnosis. Source: argument; see docs/guides/edge.md. */
export const SUSPICION_INDEX = 0.6;
/** Signal that a diagnosis needs. Source: docs/guides/diagnosis.md. */
export const DIAGNOSIS_S = 5;
/** Multiple of it that is kept: the oldest block is dropped only when the newer ones suffice. Source: argument. */
export const KEPT_FACTOR = 1.2;
/**
 * Slow machines in short blocks need more seconds; no point keeps more samples than this for them. Source: argument.
 */
export const MAX_SLOW_SAMPLES = 250_000;
/** A larger change of speed empties the buffer: lines of different speeds do not add up. Source: argument. */
export const SAME_SPEED_FRACTION = 0.02;
/** Consecutive diagnoses that must show another bearing. Source: argument. */
export const BEARING_CONFIRMATIONS = 2;

// Alerts and health.

/**
 * A slow trigger counts intervals, not windows: a third of the persistence is still at least half a minute. Source:
 * argument.
 */
export const SLOW_PERSISTENCE_DIVISOR = 3;
export const SLOW_OFF_AFTER_DIVISOR = 6;
/** A smaller ratio is within the variation of a healthy level, and left out of an alert's text. Source: argument. */
export const NOTEWORTHY_RATIO = 1.2;
/** A rise of the index begins above the first and is discarded below the second. Source: argument. */
export const START_INDEX = 0.55;
export const FORGET_INDEX = 0.45;
/** First days of a velocity, whose median is its baseline. Source: argument. */
export const NORMAL_DAYS = 5;
/** A day with fewer values, one per quarter of an hour, is not representative. Source: argument. */
export const MIN_DAY_VALUES = 3;

// Wiring.

/** Consecutive inspections that must agree: a single one may be a start-up or a passing load. Source: argument. */
export const CONFIRMATIONS = 3;
/**
 * Clearing a fault needs this many times as many: a lasting alert is better than one that chatters. Source: argument.
 */
export const CLEAR_FACTOR = 2;
/** Duration of signal, or of slow values, for one inspection. Source: argument. */
export const INSPECTION_S = 3;
export const INSPECTION_VALUES = 30;
/** A point with short blocks is inspected after this many. Source: argument. */
export const INSPECTION_BLOCKS = 20;
/**
 * The first inspections of a point follow closely; later ones, at doubling intervals, detect changes. Source: argument.
 */
export const EARLY_INSPECTIONS = 8;
export const EARLY_INTERVAL_US = 10e6;
export const LATER_INTERVAL_US = 600e6;
/** Consecutive blocks, or values, that must be equal for two points to carry one signal. Source: argument. */
export const SAME_BLOCKS = 3;
export const SAME_VALUES = 30;
/**
 * Of these, values that must differ from the previous one: two points may well rest at the same value. Source:
 * argument.
 */
export const MIN_CHANGES = 10;

// Process models.

/** Fewest and most channels of a machine's own model, and the fraction of rows that must have each. Source: argument. */
export const OWN_MIN_CHANNELS = 3;
export const OWN_MAX_CHANNELS = 40;
export const OWN_ROW_FRACTION = 0.95;
/** Fewest and most rows that a new model is tried on. Source: argument. */
export const MIN_TRIAL_ROWS = 10;
export const TRIAL_ROWS = 60;
/** A model that flags more than this fraction of the machine's own recent rows does not fit it. Source: argument. */
export const MAX_EXCEEDING_FRACTION = 0.2;
/** A model must detect a shift of this many standard deviations, in this fraction of the probed channels. Source: argument. */
export const SHIFT_SD = 10;
export const MIN_SEEN_FRACTION = 0.5;
/** Time limit per row, in the process that runs the models. Source: argument. */
export const MAX_ROW_MS = 50;
/** Rows for which the previous model runs beside a new one: an hour of the shipped interval. Source: argument. */
export const PROBATION_ROWS = 360;
/** Consecutive failed batches before a model is rolled back. Source: argument. */
export const MAX_FAILURES = 3;
/** A model that flags this fraction, and this many, more rows than the other one is worse. Source: argument. */
export const WORSE_FRACTION = 0.1;
export const WORSE_ROWS = 5;
/** Rows before two models are compared. Source: argument. */
export const MIN_COMPARED = 10;
/** A row this much later than the previous one is unrelated to it: the machine was at standstill. Source: argument. */
export const STALE_MS = 600_000;
export const STALE_STEPS = 8;
/** Rows and indices before a model's fit to its machine is checked. Source: argument. */
export const MIN_FIT_ROWS = 200;
