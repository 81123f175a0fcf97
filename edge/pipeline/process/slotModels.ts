import type { OwnMembers } from '#models/health/process/ownMembers.ts';
import type { ProcessModel } from '#models/health/process/processModel.ts';

export interface Installed {
  id: string;
  name: string;
  release: string;
  model: ProcessModel;
  /** Detectors beside a machine's own model; absent in states stored before there were any. */
  members?: OwnMembers;
}

export type Role = 'active' | 'candidate' | 'previous';
export const ROLES: readonly Role[] = ['active', 'candidate', 'previous'];

/** The models of a machine; large, and stored separately. */
export type SlotModels = Record<Role, Installed | null>;

export const NO_MODELS: SlotModels = { active: null, candidate: null, previous: null };

/** Channels that any of the models uses. */
export function channelsOf(models: SlotModels): string[] {
  return [...new Set(ROLES.flatMap((role) => models[role]?.model.channels ?? []))];
}
