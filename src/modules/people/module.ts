import type { Module } from '../../core/module.ts';
import { addPasskey, beginPasskey, beginPasskeySignIn, dropPasskey, listPasskeys, renamePasskey, signInByPasskey } from './passkey.server.ts';
import { acceptInvitation, changePassword, foundFirst, getInvitation, invitePerson, requestReset, sendReset } from './password.server.ts';
import { listeners, schedules } from './people-jobs.ts';
import { addPerson, changePerson, deactivatePerson, foundPeople, getPerson, listColleagues, preferPerson, reactivatePerson } from './person.server.ts';
import { closeOtherSessions, closeSession, confirmSignIn, listSessions, signIn } from './session.server.ts';
import { endSubstitute, listSubstitutes, setSubstitute } from './substitute.server.ts';
import { createToken, listTokens, revokeToken } from './token.server.ts';
import { beginTotp, confirmTotp, dropTotp, resetTotp } from './totp.server.ts';

export const people: Module = {
  name: 'people', level: 1,
  operations: [
    listColleagues, getPerson, addPerson, changePerson, deactivatePerson, reactivatePerson, preferPerson,
    signIn, confirmSignIn, beginPasskeySignIn, signInByPasskey, listSessions, closeSession, closeOtherSessions,
    changePassword, invitePerson, getInvitation, acceptInvitation, requestReset, sendReset, foundFirst, beginTotp, confirmTotp, dropTotp, resetTotp,
    beginPasskey, addPasskey, listPasskeys, renamePasskey, dropPasskey, createToken, listTokens, revokeToken, setSubstitute, endSubstitute, listSubstitutes,
  ],
  listeners, schedules, found: foundPeople,
};
