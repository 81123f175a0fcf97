import { type EdgeConfig, edgeConfigSchema } from '#edge/config.ts';

/**
 * Configuration of an edge that tests feed directly: shipped defaults except `settings`, and a source that is not
 * started.
 */
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
