import { z } from 'zod';
import { isLoopback } from '../apiConfig.ts';

/** An OPC UA server of a gateway's alerts, in a process of its own. */
export const opcuaAlarmsSchema = z
  .strictObject({
    /** Address of the gateway's API. */
    gateway: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8080' }),
    /** The gateway's `api.publicUrl`, where it has one. */
    publicUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** A file with a token of the gateway that may read alerts; not needed where nobody has to sign in. */
    tokenFile: z.string().optional(),
    /** Certificates of the server, and of clients that it trusts or has turned away, in `pki`. */
    dataDirectory: z.string().min(1),
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(4840),
    /** Clients without an account act with the token; on loopback alone. */
    anonymous: z.boolean().default(false),
    /** Certificates of clients that connect for the first time are trusted; on loopback alone. */
    trustClients: z.boolean().default(false),
  })
  .refine(({ host, anonymous, trustClients }) => isLoopback(host) || !(anonymous || trustClients), {
    error: 'a loopback address: anonymous and trustClients are for one machine',
    path: ['host'],
  });
export type OpcuaAlarmsConfig = z.infer<typeof opcuaAlarmsSchema>;
