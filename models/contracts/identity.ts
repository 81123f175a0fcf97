import { z } from 'zod';
import { displayNameSchema, nameSchema } from './names.ts';

/** Roles of an account or a token; `metrics` is for a monitoring system. */
export const roles = ['metrics', 'viewer', 'operator', 'planner', 'engineer', 'administrator'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

export const accountNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._@-]{1,64}$/, 'at most 64 letters, digits, ".", "_", "@" and "-"');

/** A site, or an area of one: `north/press shop`. */
function isPlace(text: string): boolean {
  const at = text.indexOf('/');
  if (at < 0) return nameSchema.safeParse(text).success;
  const area = displayNameSchema.safeParse(text.slice(at + 1));
  return nameSchema.safeParse(text.slice(0, at)).success && area.success && area.data === text.slice(at + 1);
}
const placeSchema = z.string().refine(isPlace, 'a site, or an area of one such as north/press shop');

/** Sites, or areas of sites, that an identity is limited to; null: all. */
export const sitesSchema = z.array(placeSchema).min(1).max(100).nullable();

/** Groups of actions that a page offers or hides. */
export const permissions = [
  'alerts',
  'planAlerts',
  'decisions',
  'planning',
  'edges',
  'models',
  'notifications',
  'workOrders',
  'accounts',
  'tokens',
  'audit',
] as const;
export type Permission = (typeof permissions)[number];

/** The signed-in identity. */
export const sessionViewSchema = z.object({
  /** Null: not signed in, since the gateway listens on loopback only or uses one shared token; requests carry `by`. */
  name: z.string().nullable(),
  role: roleSchema,
  sites: sitesSchema,
  /** Until then, all but a change of the password is refused. */
  mustChangePassword: z.boolean(),
  /** Whether there is a session to sign out of. */
  isSession: z.boolean(),
  may: z.array(z.enum(permissions)),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

/** Sign-in methods of a gateway. */
export const signInSchema = z.object({
  accounts: z.boolean(),
  /** Label of the OpenID Connect provider; null: not configured. */
  openId: z.string().nullable(),
});
export type SignIn = z.infer<typeof signInSchema>;

export const accountSchema = z.object({
  name: z.string(),
  role: roleSchema,
  sites: sitesSchema,
  disabled: z.boolean(),
  mustChangePassword: z.boolean(),
  createdMs: z.number(),
});
export type Account = z.infer<typeof accountSchema>;

/** A token in a list: the secret itself is shown once, on creation. */
export const tokenSchema = z.object({
  id: z.string(),
  /** Its purpose. */
  name: z.string(),
  /** The account that it acts for; null: a service token, which acts under its own name. */
  owner: z.string().nullable(),
  role: roleSchema,
  sites: sitesSchema,
  createdBy: z.string(),
  createdMs: z.number(),
  expiresMs: z.number(),
  lastUsedMs: z.number().nullable(),
});
export type Token = z.infer<typeof tokenSchema>;
