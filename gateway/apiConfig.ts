import { z } from 'zod';
import { accountNameSchema, roleSchema, sitesSchema } from '#models/contracts/identity.ts';

export const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

const httpsOrLoopback = (url: string) => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname);
};

const publicUrlSchema = z
  .url({ protocol: /^https?$/, error: 'an address such as https://millwright.example' })
  .refine(httpsOrLoopback, { message: 'https: passwords and cookies would be readable on the network' });

const openIdSchema = z.strictObject({
  /** Label of the sign-in button. */
  label: z.string().min(1).max(60).default('single sign-on'),
  issuer: z
    .url({ protocol: /^https?$/, error: 'an address such as https://login.example/realms/plant' })
    .refine(httpsOrLoopback, { message: 'https' }),
  clientId: z.string().min(1),
  clientSecretFile: z.string(),
  scope: z
    .string()
    .regex(/\bopenid\b/, 'scopes including openid')
    .default('openid profile'),
  /** Claim that contains the user's name. */
  nameClaim: z.string().min(1).default('preferred_username'),
  /** Claim that contains groups or roles. */
  roleClaim: z.string().min(1).default('groups'),
  /** The first entry whose value is in the claim applies; without a match, sign-in is refused. */
  roles: z
    .array(
      z.strictObject({
        value: z.string().min(1),
        role: roleSchema.exclude(['metrics']),
        sites: sitesSchema.optional(),
      }),
    )
    .min(1),
});

/** The page and the API: addresses and access. */
export const apiSchema = z
  .strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(8080),
    /** TLS of the gateway itself: certificate chain and key in PEM. */
    tls: z.strictObject({ certificateFile: z.string(), keyFile: z.string() }).optional(),
    /** The address as seen by browsers, if it differs from the gateway's: behind a proxy, or for OpenID Connect. */
    publicUrl: publicUrlSchema.optional(),
    /** Users sign in with a name and a password; the first administrator's password is in the data directory. */
    accounts: z.strictObject({}).optional(),
    /** Users sign in at an OpenID Connect provider. */
    openId: openIdSchema.optional(),
    /** Hours until users must sign in again. */
    sessionHours: z.number().min(0.1).max(720).default(12),
    /** A single token with all permissions; requests that use it state their author. */
    tokenFile: z.string().optional(),
    /** Service tokens; their names are recorded as the author. */
    tokens: z
      .array(
        z.strictObject({
          name: accountNameSchema.or(z.string().min(1).max(100)),
          role: roleSchema,
          sites: sitesSchema.optional(),
          tokenFile: z.string(),
        }),
      )
      .refine((all) => new Set(all.map((t) => t.name)).size === all.length, { message: 'each name once' })
      .optional(),
  })
  .prefault({})
  .superRefine((api, context) => {
    const hasPeople = api.accounts !== undefined || api.openId !== undefined;
    const isProtected = hasPeople || api.tokenFile !== undefined || (api.tokens ?? []).length > 0;
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (!isLoopback(api.host) && !isProtected)
      fault('tokenFile', 'accounts, openId or a token: the address can be reached from the network');
    if (!isLoopback(api.host) && hasPeople && api.tls === undefined && api.publicUrl === undefined)
      fault(
        'tls',
        'a certificate and key, or the publicUrl of a proxy with TLS: passwords would be readable on the network',
      );
    if (api.openId !== undefined && api.publicUrl === undefined)
      fault('publicUrl', 'the address of the page, to which the provider of openId redirects');
  });
