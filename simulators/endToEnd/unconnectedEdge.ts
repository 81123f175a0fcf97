import { type EdgeConfig, edgeConfigSchema } from '#edge/config.ts';

/** The configuration of an edge that is fed by hand: shipped defaults but for `settings`, and a source that nobody starts. */
export const unconnectedEdge = (settings: object = {}): EdgeConfig =>
  edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: 'unused',
    sources: [
      { type: 'mqtt', url: 'mqtt://x', subscriptions: [{ topic: '{asset}/{point}', payload: { type: 'scalar' } }] },
    ],
    uplink: { url: 'mqtt://x' },
    ...settings,
  });
