import { failMail } from '../../core/mail.ts';
import type { Module } from '../../core/module.ts';
import { countArrivals, findArrival, keepArrival, listArrivals, openArrival } from './arrival.server.ts';
import { judgeArrival, listUndecided, noteWords } from './judge.server.ts';
import { addMailbox, changeMailbox, findReading, listMailboxes, noteReading, openMailboxes, retireMailbox, testMailbox } from './mailbox.server.ts';
import { schedules } from './mailroom-jobs.ts';
import { joinByHand, registerByHand, setAside } from './register.server.ts';
import { getArrival, listCame, listMailsOfCase, listUndelivered } from './tray.server.ts';

export const mailroom: Module = {
  name: 'mailroom', level: 2, ofCase: [{ name: 'undelivered', table: 'mail', where: "x.state in ('failed', 'bounced')" }], schedules,
  operations: [
    failMail, addMailbox, changeMailbox, retireMailbox, testMailbox, listMailboxes, openMailboxes, noteReading, findReading,
    keepArrival, findArrival, listArrivals, countArrivals, openArrival, judgeArrival, listUndecided, noteWords, registerByHand, joinByHand, setAside, getArrival, listUndelivered, listMailsOfCase, listCame,
  ],
};
