import { z } from 'zod';
import { id } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { endObligations } from '../obligations/index.ts';
import { begin, move } from './petition.server.ts';

export const annulPetition = operation({
  id: 'petition.annul', kind: 'command', allow: [],
  summary: 'Ends a petition whose number was annulled in the book: nothing is owed any more, and nobody is told.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const petition = await begin(context, input.id, 'withdraw');
    const state = await move(context, petition, 'withdraw');
    await move(context, { ...petition, state, version: petition.version + 1 }, 'close');
    await endObligations(context, petition.id, 'dropped');
    context.record({ name: 'petition.annulled', nounId: petition.id, caseId: petition.id });
    return { id: petition.id };
  },
});
