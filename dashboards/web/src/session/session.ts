import { signal } from '@preact/signals';
import type { Permission, SessionView } from '#models/contracts/identity.ts';

const NAME = 'millwright.name';

/** The identity of the user; null until the gateway has responded. */
export const session = signal<SessionView | null>(null);

/**
 * Whether the page offers a group of actions. The gateway enforces permissions; this only hides what it would refuse.
 */
export const mayUse = (permission: Permission): boolean => session.value?.may.includes(permission) ?? false;

/** Whether the identity has no site restriction: totals and exports of the complete plan require this. */
export const seesAllSites = (): boolean => session.value?.sites == null;

/** The name recorded with actions; empty without a sign-in or an entered name. */
export const ownName = (): string => session.value?.name ?? localStorage.getItem(NAME) ?? '';

/** The name recorded with actions, with a default if none was entered. */
export const recordedName = (): string => ownName() || 'the page';

/** Stores a name entered by a user without sign-in. */
export const keepName = (name: string): void => localStorage.setItem(NAME, name);
