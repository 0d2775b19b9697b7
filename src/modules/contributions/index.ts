export { askContribution, Contribution, listContributions } from './contribution.server.ts';
