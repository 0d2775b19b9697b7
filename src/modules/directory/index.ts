export { findOrAddParty, partyKinds, type Sender } from './party.server.ts';
