export { addObligation, endObligations, findObligations, finishObligation, listObligations, myObligations, ObligationRow, obligationViews, type ObligationView } from './obligation.server.ts';
