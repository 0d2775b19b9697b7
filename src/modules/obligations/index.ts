export { addObligation, endObligations, listObligations, ObligationRow } from './obligation.server.ts';
