import { queueMail } from '../../src/core/mail.ts';
import { keepArrival } from '../../src/modules/mailroom/arrival.server.ts';
import { addMailbox } from '../../src/modules/mailroom/mailbox.server.ts';
import type { Examples, Extend } from '../world.ts';

const mailbox = { name: 'Писарница', host: 'posta.primjer.example', port: 1, security: 'none', userName: 'pisarnica', password: 'lozinka', registersAs: 'paper' } as const;
const arrival = (text: string) => ({ source: 'mailbox' as const, mailboxId: null, key: text, name: 'message.eml', mediaType: 'message/rfc822', bytes: new Uint8Array(Buffer.from(`From: ana@primjer.example\r\nSubject: ${text}\r\n\r\n${text}`)), size: 60 });

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office) => {
  const keep = async (text: string) => (await office.run(keepArrival, office.system(), arrival(`${text} ${office.office.slug}`))).id;
  return {
    mailId: await office.within((db) => queueMail(db, office.office.id, new Date(), { to: 'ana@primjer.example', subject: 'Предмет', body: 'Текст', locale: 'sr-Cyrl' })),
    mailboxId: (await office.run(addMailbox, await office.as('chief'), mailbox)).id, arrivalId: await keep('прва'), otherArrivalId: await keep('друга'), thirdArrivalId: await keep('трећа'), fourthArrivalId: await keep('четврта'),
  };
};

export const examples: Examples = {
  'mail.fail': (w) => ({ id: w.mailId, reason: '550' }), 'mail.undelivered': (w) => ({ caseId: w.caseId }), 'mail.of_case': (w) => ({ caseId: w.caseId }),
  'mailbox.add': () => mailbox, 'mailbox.change': (w) => ({ id: w.mailboxId, ...mailbox }), 'mailbox.retire': (w) => ({ id: w.mailboxId }), 'mailbox.test': (w) => ({ id: w.mailboxId }), 'mailbox.list': () => ({}), 'mailbox.open': () => ({}),
  'mailbox.note': (w) => ({ id: w.mailboxId, kept: 1, error: '' }), 'mailbox.reading': (w) => ({ id: w.mailboxId }),
  'arrival.keep': () => arrival('нова'), 'arrival.find': () => ({ source: 'mailbox', key: 'нова' }), 'arrival.list': () => ({}), 'arrival.count': () => ({}), 'arrival.came': () => ({}), 'arrival.file': (w) => ({ id: w.arrivalId }), 'arrival.get': (w) => ({ id: w.arrivalId }),
  'arrival.undecided': () => ({}), 'arrival.judge': (w) => ({ id: w.arrivalId }), 'arrival.note_words': (w) => ({ id: w.arrivalId, words: 'Мрак.', pages: 1 }), 'arrival.register': (w) => ({ id: w.otherArrivalId, as: 'paper', subject: 'Мрак', name: 'Ана', partyId: w.partyId }),
  'arrival.join': (w) => ({ id: w.thirdArrivalId, caseId: w.caseId }), 'arrival.set_aside': (w) => ({ id: w.fourthArrivalId, reason: 'Реклама' }),
};
