import type { Role } from '#models/contracts/identity.ts';
import { siteOf } from './places.ts';

/** Who makes a request, and what it may do. */
export interface Identity {
  /** Null of the one token that all share: requests carry the name in `by`. */
  name: string | null;
  role: Role;
  /** Sites that it is limited to, and areas of sites as `site/area`; null: all. */
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

/** Whether a role may pass on another one, to a token of its own. Planners and operators may not pass on each other's. */
export function covers(own: Role, other: Role): boolean {
  if (own === other) return true;
  const rankOf = (role: Role) => RANKS.findIndex((rank) => rank.includes(role));
  return rankOf(other) < rankOf(own);
}

/** Whether sites and areas are all among those of an identity. */
export function coversSites(own: readonly string[] | null, other: readonly string[] | null): boolean {
  return own === null || (other?.every((place) => own.includes(place) || own.includes(siteOf(place))) ?? false);
}
