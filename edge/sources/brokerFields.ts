import { z } from 'zod';

/** Of sources and of the uplink. */
export const brokerFields = {
  url: z.url({ protocol: /^(mqtt|mqtts|tcp|ssl)$/, error: 'an address such as mqtt://host:1883 or mqtts://host:8883' }),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  caFile: z.string().optional(),
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
  /** Of MQTT. */
  protocol: z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.enum(['3.1.1', '5'])).default('3.1.1'),
};
export type BrokerConfig = z.infer<z.ZodObject<typeof brokerFields>>;
