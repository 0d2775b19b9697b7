export { personCaller } from './caller.server.ts';
export { hashPassword, inviteFirst } from './password.server.ts';
export { Colleague, getPerson, listColleagues } from './person.server.ts';
export { findSession, idleHours, openSession, sessionHours, type Session } from './session.server.ts';
export { setSubstitute } from './substitute.server.ts';
export { createToken, findTokenCaller, listScopes, listTokens, revokeToken } from './token.server.ts';
