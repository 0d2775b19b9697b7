export { addObligation, endObligations, listObligations, myObligations, ObligationRow } from './obligation.server.ts';
