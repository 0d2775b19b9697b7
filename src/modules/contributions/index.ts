export { askContribution, askMany } from './ask.server.ts';
export { askers, isOwed } from './contribution.ts';
export { Contribution, dropContributions, getContribution, listContributions } from './contribution.server.ts';
export { owedContributions } from './owed.server.ts';
