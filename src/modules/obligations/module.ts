import type { Module } from '../../core/module.ts';
import { findObligations, finishObligation, myObligations } from './obligation.server.ts';

export const obligations: Module = { name: 'obligations', level: 1, begun: ['obligations'], operations: [myObligations, findObligations, finishObligation] };
