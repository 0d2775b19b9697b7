export { askContribution, Contribution, dropContributions, listContributions, owedContributions } from './contribution.server.ts';
