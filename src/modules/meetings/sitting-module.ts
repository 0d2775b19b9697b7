import type { Module } from '../../core/module.ts';
import { addGuest, markAttendance, markAway, moveAttendance } from './attendance.server.ts';
import { conclusionsToSend, excerptConclusion, sendConclusion } from './conclusion-excerpt.server.ts';
import { readVerification, verifyConclusions } from './conclusion-settle.server.ts';
import { changeConclusion, dropConclusion, listConclusions, recordConclusion } from './conclusion.server.ts';
import { addRemark, adoptMinutes, settleRemark } from './minutes-adopt.server.ts';
import { issueMinutes, readMinutes, writeMinutes } from './minutes.server.ts';
import { adjournSitting, closeSitting, notePoint, openPoint, openSitting, settlePoint, takeUpPoint } from './sitting.server.ts';
import { readSitting, readStamp } from './sitting-read.server.ts';
import { annulVote, castVote, closeVote, countVote, enterVotes, openVote } from './vote.server.ts';

/** The course of a sitting: what the module's manifest takes from here. */
export const sittingOperations: Module['operations'] = [
  readSitting, readStamp, openSitting, adjournSitting, closeSitting, openPoint, settlePoint, notePoint, takeUpPoint, markAttendance, moveAttendance, addGuest, markAway,
  openVote, castVote, enterVotes, countVote, closeVote, annulVote, recordConclusion, changeConclusion, dropConclusion, listConclusions, readVerification, verifyConclusions,
  excerptConclusion, sendConclusion, conclusionsToSend, readMinutes, writeMinutes, issueMinutes, adoptMinutes, addRemark, settleRemark,
];
export { sittingListeners } from './conclusion-excerpt.server.ts';
