import type { Module } from '../../core/module.ts';
import { addGuest, markAttendance, markAway, moveAttendance } from './attendance.server.ts';
import { readVerification, verifyConclusions } from './conclusion-settle.server.ts';
import { changeConclusion, dropConclusion, listConclusions, recordConclusion } from './conclusion.server.ts';
import { adjournSitting, closeSitting, notePoint, openPoint, openSitting, settlePoint, takeUpPoint } from './sitting.server.ts';
import { readSitting, readStamp } from './sitting-read.server.ts';
import { annulVote, castVote, closeVote, countVote, enterVotes, openVote } from './vote.server.ts';

/** The course of a sitting: what the module's manifest takes from here. */
export const sittingOperations: Module['operations'] = [
  readSitting, readStamp, openSitting, adjournSitting, closeSitting, openPoint, settlePoint, notePoint, takeUpPoint, markAttendance, moveAttendance, addGuest, markAway,
  openVote, castVote, enterVotes, countVote, closeVote, annulVote, recordConclusion, changeConclusion, dropConclusion, listConclusions, readVerification, verifyConclusions,
];
