export { sources, type ObligationState, type Source } from './obligation.ts';
export { addObligation, endObligations, listObligations, listObligationsOf, type NewObligation, ObligationRow } from './obligation.server.ts';
export { myObligations } from './obligation-list.server.ts';
