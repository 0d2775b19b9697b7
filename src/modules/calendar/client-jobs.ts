import type { Kernel } from '../../core/kernel.ts';
import type { Listener } from '../../core/module.ts';
import type { Office } from '../../core/office.ts';
import { askAwaiting, settleInvitation } from './calendar-mail.server.ts';
import { askUntold, tellEngagement } from './invitation.server.ts';

/** Once told, everything is told: a listener that runs twice writes no second mail. */
const tell: Listener = {
  name: 'engagement.tell', on: ['engagement.added', 'engagement.changed', 'engagement.moved', 'engagement.confirmed', 'engagement.cancelled', 'engagement.dropped', 'engagement.answered'],
  async run(kernel, office, event) {
    if (!event.nounId) return;
    const { owes } = await kernel.run(askUntold, kernel.system(office), { id: event.nounId });
    if (owes) await kernel.run(tellEngagement, kernel.system(office), { id: event.nounId });
  },
};

const settle = async (kernel: Kernel, office: Office, which: { engagementId?: string; requestId?: string }): Promise<void> => {
  const { awaits } = await kernel.run(askAwaiting, kernel.system(office), which);
  if (awaits) await kernel.run(settleInvitation, kernel.system(office), which);
};
const answerOrganizer: Listener = {
  name: 'invitation.settle', on: ['engagement.confirmed', 'engagement.cancelled'],
  run: async (kernel, office, event) => void (event.nounId && (await settle(kernel, office, { engagementId: event.nounId }))),
};
const answerRequest: Listener = {
  name: 'invitation.settle_request', on: ['meeting_request.accepted', 'meeting_request.delegated', 'meeting_request.declined', 'meeting_request.withdrawn'],
  run: async (kernel, office, event) => void (event.nounId && (await settle(kernel, office, { requestId: event.nounId }))),
};
export const clientListeners: readonly Listener[] = [tell, answerOrganizer, answerRequest];
