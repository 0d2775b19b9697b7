import type { Module } from '../../core/module.ts';
import { schedules } from './dispatch-jobs.ts';
import { countDispatches, deliverDispatch, failDispatch, followMail, getDispatch, hasMailToFollow, listDispatches, listOfCase, prepareDispatch, repeatDispatch } from './dispatch.server.ts';
import { dispatchLifecycle } from './dispatch.ts';
import { dropFromList, getPostList, handPostList, listPostLists, makePostList } from './post-list.server.ts';
import { readPostage, setRate } from './postage.server.ts';

export const dispatch: Module = {
  name: 'dispatch', level: 1, ofCase: [{ name: 'dispatch', table: 'dispatch' }], schedules, lifecycles: [dispatchLifecycle],
  operations: [listDispatches, countDispatches, listOfCase, getDispatch, prepareDispatch, deliverDispatch, failDispatch, repeatDispatch, followMail, hasMailToFollow, makePostList, handPostList, dropFromList, getPostList, listPostLists, readPostage, setRate],
};
