import { z } from 'zod';
import { isLoopback } from '../apiConfig.ts';

/** An OPC UA server for a gateway's alerts, run as a separate process. */
export const opcuaAlarmsSchema = z
  .strictObject({
    /** URL of the gateway's API. */
    gateway: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8080' }),
    /** The gateway's `api.publicUrl`, if configured. */
    publicUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** A file with a gateway token that may read alerts; not needed if the gateway has no sign-in. */
    tokenFile: z.string().optional(),
    /** Contains `pki`, with the certificates of the server and of trusted and rejected clients. */
    dataDirectory: z.string().min(1),
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(4840),
    /** Lets clients without an account use the token; on loopback only. */
    anonymous: z.boolean().default(false),
    /** Trusts new client certificates automatically; on loopback only. */
    trustClients: z.boolean().default(false),
  })
  .refine(({ host, anonymous, trustClients }) => isLoopback(host) || !(anonymous || trustClients), {
    error: 'a loopback address: anonymous and trustClients are for one machine',
    path: ['host'],
  });
export type OpcuaAlarmsConfig = z.infer<typeof opcuaAlarmsSchema>;
