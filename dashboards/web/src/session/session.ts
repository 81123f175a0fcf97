import { signal } from '@preact/signals';
import type { Permission, SessionView } from '#models/contracts/identity.ts';

const NAME = 'millwright.name';

/** Who uses the page; null until the gateway has answered. */
export const session = signal<SessionView | null>(null);

/** Whether the page offers a group of actions. The gateway decides; this only hides what it would refuse. */
export const mayUse = (permission: Permission): boolean => session.value?.may.includes(permission) ?? false;

/** Whether the identity is not limited to some sites: sums and exports of the whole plan are for it alone. */
export const seesAllSites = (): boolean => session.value?.sites == null;

/** The name under which actions are recorded; empty where nobody has signed in or given one. */
export const ownName = (): string => session.value?.name ?? localStorage.getItem(NAME) ?? '';

/** Keeps a name that somebody gave who does not sign in. */
export const keepName = (name: string): void => localStorage.setItem(NAME, name);
