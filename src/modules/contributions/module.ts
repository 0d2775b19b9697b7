import type { Module, Schedule } from '../../core/module.ts';
import { findLink, getContribution, giveContribution, owedContributions, remindContributors, returnContribution } from './contribution.server.ts';

const remind: Schedule = { name: 'contributions.remind', cron: '30 6 * * *', run: async (kernel, office, now) => void (await kernel.run(remindContributors, kernel.system(office), {}, { now })) };

export const contributions: Module = {
  name: 'contributions', level: 1, capabilities: ['coordination'], schedules: [remind],
  operations: [findLink, getContribution, giveContribution, returnContribution, owedContributions, remindContributors],
};
