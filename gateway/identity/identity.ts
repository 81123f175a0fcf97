import type { Role } from '#models/contracts/identity.ts';
import { siteOf } from './places.ts';

/** The author of a request, and its permissions. */
export interface Identity {
  /** Null for the shared token: requests state the name in `by`. */
  name: string | null;
  role: Role;
  /** Allowed sites, and areas as `site/area`; null: all. */
  sites: string[] | null;
  via: 'token' | 'session';
  mustChangePassword: boolean;
}

const RANKS: readonly (readonly Role[])[] = [
  ['metrics'],
  ['viewer'],
  ['operator', 'planner'],
  ['engineer'],
  ['administrator'],
];

/** Whether a role may grant another to a token. Planners and operators may not grant each other's role. */
export function covers(own: Role, other: Role): boolean {
  if (own === other) return true;
  const rankOf = (role: Role) => RANKS.findIndex((rank) => rank.includes(role));
  return rankOf(other) < rankOf(own);
}

/** Whether sites and areas are all among those of an identity. */
export function coversSites(own: readonly string[] | null, other: readonly string[] | null): boolean {
  return own === null || (other?.every((place) => own.includes(place) || own.includes(siteOf(place))) ?? false);
}
