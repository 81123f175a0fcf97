import { z } from 'zod';
import { ASSET_ALERT_DEFAULTS } from '#models/alerting/assetAlert.ts';
import { TRIGGER_DEFAULTS } from '#models/alerting/trigger.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { DRIFT_DEFAULTS } from '#models/health/driftDetector.ts';
import { LEVEL_DEFAULTS } from '#models/health/levelDetector.ts';
import { STATE_DEFAULTS } from '#models/health/operatingStates.ts';
import { assetSchema } from '#models/machine/asset.ts';
import { PROCESS_ANOMALY } from '#models/trained/processAnomaly.ts';
import { publishSchema } from './publish/publishConfig.ts';
import { brokerFields } from './sources/brokerFields.ts';
import { sourceSchema } from './sources/sourceConfig.ts';

/** A device's clock further ahead than this is corrected. A smaller lead does no harm until the clock is set back. */
const MAX_FUTURE_MS = 5 * 60_000;

const powerOfTwo = z
  .int()
  .min(256)
  .max(65_536)
  .refine((n) => (n & (n - 1)) === 0, { message: 'a power of two from 256 to 65536' });

const windowsSchema = z
  .strictObject({ length: powerOfTwo.default(4096), hop: z.int().min(1).optional() })
  .refine((w) => (w.hop ?? 1) <= w.length, { message: 'at most the length', path: ['hop'] })
  // Without a hop, windows do not overlap.
  .transform(({ length, hop }) => ({ length, hop: hop ?? length }));

const edgeObjectSchema = z.strictObject({
  site: nameSchema,
  edge: nameSchema,
  dataDirectory: z.string().min(1),
  sources: z.array(sourceSchema).min(1),
  windows: windowsSchema.default({ length: 4096, hop: 4096 }),
  /** Windows of other lengths, whose features are separate rows: long windows resolve close lines. */
  otherWindows: z
    .array(windowsSchema)
    .max(4)
    .refine((all) => new Set(all.map((w) => w.length)).size === all.length, { message: 'each length once' })
    .default([]),
  /** Slow values are judged by their means over this many seconds. */
  slowIntervalS: z.number().min(1).default(10),
  assets: z.record(nameSchema, assetSchema).default({}),
  detection: z
    .strictObject({
      level: z
        .strictObject({
          skipWindows: z.int().min(0).default(LEVEL_DEFAULTS.skipWindows),
          learnWindows: z.int().min(10).max(10_000).default(LEVEL_DEFAULTS.learnWindows),
          ratioLimit: z.number().min(1.1).default(LEVEL_DEFAULTS.ratioLimit),
        })
        .default(LEVEL_DEFAULTS),
      drift: z
        .strictObject({
          skipWindows: z.int().min(0).default(DRIFT_DEFAULTS.skipWindows),
          learnWindows: z.int().min(4).max(10_000).default(DRIFT_DEFAULTS.learnWindows),
          floor: z.number().min(0).default(DRIFT_DEFAULTS.floor),
        })
        .default(DRIFT_DEFAULTS),
      /** For machines with a point of role `speed` or `load`: intervals that define their operating states. */
      states: z
        .strictObject({
          learnRows: z.int().min(50).max(10_000).default(STATE_DEFAULTS.learnRows),
          newRows: z.int().min(5).max(1000).default(STATE_DEFAULTS.newRows),
        })
        .default(STATE_DEFAULTS),
      /** Days of process values from which a machine without a model trains its own; 0 disables this. */
      ownModelDays: z.number().min(0).max(365).default(PROCESS_ANOMALY.settings.days),
    })
    .default({
      level: LEVEL_DEFAULTS,
      drift: DRIFT_DEFAULTS,
      states: STATE_DEFAULTS,
      ownModelDays: PROCESS_ANOMALY.settings.days,
    }),
  alerting: z
    .strictObject({
      /** Per machine: if its own extremes would exceed this, its limits are raised. */
      falseAlertsPerMonth: z.number().positive().max(100).default(1),
      persistence: z.int().min(1).default(TRIGGER_DEFAULTS.persistence),
      offBelow: z.number().min(0).max(1).default(TRIGGER_DEFAULTS.offBelow),
      offAfter: z.int().min(1).default(TRIGGER_DEFAULTS.offAfter),
      criticalIndex: z.number().min(1).default(ASSET_ALERT_DEFAULTS.criticalIndex),
      repeatMs: z.number().min(1000).default(ASSET_ALERT_DEFAULTS.repeatMs),
    })
    .default({ falseAlertsPerMonth: 1, ...TRIGGER_DEFAULTS, ...ASSET_ALERT_DEFAULTS }),
  /** Interval between a machine's health messages and between a point's spectra, by their own clock. */
  healthIntervalMs: z.number().min(0).default(10_000),
  /** Interval between model status messages; one is also sent when a model is installed, removed, or no longer fits. */
  modelStatusIntervalMs: z.number().min(100).default(60_000),
  spectrumIntervalMs: z.number().min(0).default(10_000),
  ledgerIntervalMs: z.number().min(100).default(5_000),
  limits: z
    .strictObject({
      maxPoints: z.int().min(1).default(20_000),
      maxPayloadBytes: z
        .int()
        .min(1024)
        .default(2 * 1024 * 1024),
      /** A device's clock further ahead of the edge's than this is corrected. */
      maxFutureMs: z.number().min(0).default(MAX_FUTURE_MS),
    })
    .default({ maxPoints: 20_000, maxPayloadBytes: 2 * 1024 * 1024, maxFutureMs: MAX_FUTURE_MS }),
  /**
   * Messages that wait for the gateway. When full, or too old: evidence is dropped first, then features, ledgers,
   * health; alerts last.
   */
  outbox: z
    .strictObject({ maxMegabytes: z.number().min(1).default(512), maxAgeDays: z.number().min(0.01).default(60) })
    .default({ maxMegabytes: 512, maxAgeDays: 60 }),
  uplink: z.strictObject({
    ...brokerFields,
    /**
     * The gateway's public key (Ed25519, PEM): only commands with its signature are executed; without a key none are.
     */
    commandKeyFile: z.string().optional(),
  }),
  publish: publishSchema.optional(),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(9101),
      tokenFile: z.string().optional(),
    })
    .default({ host: '127.0.0.1', port: 9101 })
    .refine((h) => isLoopback(h.host) || h.tokenFile !== undefined, {
      message: 'a file with a token: the address can be reached from the network',
      path: ['tokenFile'],
    }),
});
export const edgeConfigSchema = edgeObjectSchema
  .refine(({ detection, alerting }) => detection.level.ratioLimit * alerting.offBelow > 1.2, {
    // A healthy machine's index is 1 / ratioLimit: below this limit an alert could never fall under offBelow.
    message: 'at least 1.2 / alerting.offBelow: below that no alert would ever return',
    path: ['detection', 'level', 'ratioLimit'],
  })
  .superRefine(({ assets }, context) => {
    for (const [name, { coupledTo = [] }] of Object.entries(assets))
      for (const [i, other] of coupledTo.entries())
        if (other === name || !Object.hasOwn(assets, other)) {
          const others = Object.keys(assets).filter((asset) => asset !== name);
          const message = `another machine of this edge: ${others.join(', ') || 'there is none'}`;
          context.addIssue({ code: 'custom', path: ['assets', name, 'coupledTo', i], message });
        }
  });
export type EdgeConfig = z.infer<typeof edgeConfigSchema>;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
