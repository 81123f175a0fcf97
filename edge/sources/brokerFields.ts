import { z } from 'zod';
import { brokerUrlSchema, standbySchema } from '#models/configuration/brokerUrl.ts';

/** Common to sources and the uplink. */
export const brokerFields = {
  url: brokerUrlSchema,
  standby: standbySchema,
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
  /** Version of MQTT. */
  protocol: z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.enum(['3.1.1', '5'])).default('3.1.1'),
};
export type BrokerConfig = z.infer<z.ZodObject<typeof brokerFields>>;
