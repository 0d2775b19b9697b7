import type { Module } from '../../core/module.ts';
import { addOwnPoint, addPointPaper, changePoint, dropPoint, dropPointPaper, movePoint, placeProposals } from './agenda.server.ts';
import { changeCommittee, endCommittee, endMember, foundCommittees, listCommittees, makeCommittee, putMember, readCommittee } from './committee.server.ts';
import { conveneMeeting, openMeetingLink, readLinkPaper, replyByLink, replyToMeeting } from './convene.server.ts';
import { countMeetings, listMeetings, readMeeting } from './meeting-list.server.ts';
import { meetingLifecycle } from './meeting.ts';
import { cancelMeeting, changeMeeting, planMeeting, planSeries, postponeMeeting } from './meeting.server.ts';
import { packListeners } from './pack-print.ts';
import { keepPack, readPack } from './pack.server.ts';
import { proposalLifecycle } from './proposal.ts';
import { listProposals, proposalSources, readProposal } from './proposal-list.server.ts';
import { acceptProposal, changeProposal, declineProposal, draftProposal, returnProposal, submitProposal, withdrawProposal } from './proposal.server.ts';
import { sittingListeners, sittingOperations } from './sitting-module.ts';

export const meetings: Module = {
  name: 'meetings', level: 2, ofCase: [{ name: 'meeting', table: 'meeting' }, { name: 'agenda_proposal', table: 'agenda_proposal' }, { name: 'conclusion', table: 'conclusion' }], capabilities: ['meetings'], lifecycles: [meetingLifecycle, proposalLifecycle], found: foundCommittees, listeners: [...packListeners, ...sittingListeners],
  operations: [
    makeCommittee, changeCommittee, endCommittee, putMember, endMember, listCommittees, readCommittee, draftProposal, changeProposal, submitProposal, acceptProposal, returnProposal, declineProposal, withdrawProposal, listProposals, readProposal, proposalSources,
    planMeeting, planSeries, changeMeeting, postponeMeeting, cancelMeeting, conveneMeeting, replyToMeeting, openMeetingLink, replyByLink, readLinkPaper, listMeetings, readMeeting, countMeetings,
    placeProposals, addOwnPoint, changePoint, movePoint, dropPoint, addPointPaper, dropPointPaper, readPack, keepPack,
    ...sittingOperations,
  ],
};
