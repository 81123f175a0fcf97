import { z } from 'zod';
import { faultSchema } from '#models/contracts/alert.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { assetSchema } from '#models/machine/asset.ts';

/** What a product is told of the plant: the machines as configured at an edge. */
export const peerPlantSchema = z.object({ assets: z.record(nameSchema, assetSchema) });

/** An alert that begins, as a product beside Millwright reports it. */
export const peerAlertSchema = z.object({
  machine: nameSchema,
  /** Of the data that caused it, by the clock of the devices: ISO 8601. */
  time: z.iso.datetime({ offset: true }),
  /** In Millwright's words; absent where it names none. */
  fault: faultSchema.default('undetermined'),
  text: z.string().max(500).default(''),
});
export type PeerAlert = z.infer<typeof peerAlertSchema>;

/** What `status` has to hold, once a product listens: the plant begins then. */
export const PEER_READY = 'ready';

export const peerTopics = (name: string) => ({ status: `peers/${name}/status`, alerts: `peers/${name}/alerts` });
