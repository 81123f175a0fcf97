import { z } from 'zod';
import { faultSchema } from '#models/contracts/alert.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { assetSchema } from '#models/machine/asset.ts';

/** What a product receives about the plant: the machines as configured at an edge. */
export const peerPlantSchema = z.object({ assets: z.record(nameSchema, assetSchema) });

/** A new alert as reported by a product next to Millwright. */
export const peerAlertSchema = z.object({
  machine: nameSchema,
  /** Time of the data that caused it, by the devices' clock: ISO 8601. */
  time: z.iso.datetime({ offset: true }),
  /** By Millwright's names; absent if it names none. */
  fault: faultSchema.default('undetermined'),
  text: z.string().max(500).default(''),
});
export type PeerAlert = z.infer<typeof peerAlertSchema>;

/** Content of `status` once a product listens: then the plant begins. */
export const PEER_READY = 'ready';

export const peerTopics = (name: string) => ({ status: `peers/${name}/status`, alerts: `peers/${name}/alerts` });
