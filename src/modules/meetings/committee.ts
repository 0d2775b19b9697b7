import type { Caller } from '../../core/caller.ts';

export const committeeKinds = ['collegium', 'commission', 'council', 'working'] as const;
export type CommitteeKind = (typeof committeeKinds)[number];
export const memberRoles = ['chair', 'deputy', 'secretary', 'member', 'guest'] as const;
export type MemberRole = (typeof memberRoles)[number];
export const majorities = ['present', 'all', 'two-thirds'] as const;

/** Who leads the office keeps every committee; the chair, the deputy and the secretary their own. */
export const leadsAll = (caller: Pick<Caller, 'kind' | 'roles'>): boolean => caller.kind === 'system' || caller.roles.has('chief') || caller.roles.has('mayor');
export const keeperRoles: readonly MemberRole[] = ['chair', 'deputy', 'secretary'];
