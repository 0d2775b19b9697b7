import type { Lifecycle } from '../../core/lifecycle.ts';

export const engagementKinds = ['meeting', 'audience', 'visit', 'event', 'interview', 'travel', 'private', 'other'] as const;
export type EngagementKind = (typeof engagementKinds)[number];
export const engagementStates = ['tentative', 'confirmed', 'cancelled'] as const;
export type EngagementState = (typeof engagementStates)[number];
export const visibilities = ['public', 'internal', 'confidential', 'private'] as const;
export type Visibility = (typeof visibilities)[number];
export const engagementSources = ['desk', 'client', 'invitation', 'meeting', 'audience', 'request', 'visit', 'travel', 'event'] as const;
export type EngagementSource = (typeof engagementSources)[number];
export const participantRoles = ['chair', 'required', 'optional', 'informed'] as const;
export type ParticipantRole = (typeof participantRoles)[number];
export const replies = ['needs-action', 'accepted', 'declined', 'tentative', 'delegated'] as const;
export type Reply = (typeof replies)[number];
/** Of a series: this occurrence alone, it and those after it, or all of them. */
export const reaches = ['this', 'following', 'all'] as const;
export type Reach = (typeof reaches)[number];

export type NewParticipant = { personId?: string | null; partyId?: string | null; name?: string; email?: string | null; role?: ParticipantRole };
/** An engagement as it is to be entered; travel and preparation are minutes, a time zone is an IANA name, of all-day ones both ends are midnights there. */
export type NewEngagement = {
  calendarId: string; kind: EngagementKind; title: string; detail?: string; place?: string; startsAt: Date; endsAt: Date; isAllDay?: boolean; travelBefore?: number; travelAfter?: number; preparation?: number;
  rule?: string; skipsClosingDays?: boolean; droppedAt?: Date[]; state?: 'tentative' | 'confirmed'; visibility?: Visibility; publicTitle?: string; isFree?: boolean; caseId?: string | null; source?: EngagementSource;
  resourceIds?: string[]; participants?: NewParticipant[]; timeZone?: string; uid?: string; ics?: string | null; sequence?: number; organizerEmail?: string | null; organizerName?: string;
};

export const engagementLifecycle: Lifecycle<EngagementState, 'confirm' | 'change' | 'move' | 'cancel'> = {
  noun: 'engagement', initial: 'tentative',
  steps: [
    { act: 'confirm', from: ['tentative'], to: 'confirmed' },
    { act: 'change', from: ['tentative', 'confirmed'], to: '=' },
    { act: 'move', from: ['tentative', 'confirmed'], to: '=' },
    { act: 'cancel', from: ['tentative', 'confirmed'], to: 'cancelled' },
  ],
};

/** How long one of its kind usually lasts, who may read it, and how far the way is, in minutes. */
export const usual: Record<EngagementKind, { minutes: number; visibility: Visibility; travel: number }> = {
  meeting: { minutes: 60, visibility: 'internal', travel: 0 }, audience: { minutes: 20, visibility: 'confidential', travel: 0 }, visit: { minutes: 90, visibility: 'public', travel: 20 },
  event: { minutes: 60, visibility: 'public', travel: 15 }, interview: { minutes: 30, visibility: 'public', travel: 0 }, travel: { minutes: 480, visibility: 'internal', travel: 0 },
  private: { minutes: 60, visibility: 'private', travel: 0 }, other: { minutes: 30, visibility: 'internal', travel: 0 },
};
