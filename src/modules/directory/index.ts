export { findOrAddParty, hasParty, listParties, partyKinds, type Sender } from './party.server.ts';
