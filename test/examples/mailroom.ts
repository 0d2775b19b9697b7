import { queueMail } from '../../src/core/mail.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office) => ({
  mailId: await office.within((db) => queueMail(db, office.office.id, new Date(), { to: 'ana@primjer.example', subject: 'Предмет', body: 'Текст', locale: 'sr-Cyrl' })),
});

export const examples: Examples = {
  'mail.fail': (w) => ({ id: w.mailId, reason: '550' }),
};
