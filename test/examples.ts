import { parts } from './petition.ts';
import type { World } from './world.ts';
import * as audiences from './examples/audiences.ts';
import * as briefing from './examples/briefing.ts';
import * as calendar from './examples/calendar.ts';
import * as contributions from './examples/contributions.ts';
import * as meetings from './examples/meetings.ts';
import * as obligations from './examples/obligations.ts';
import * as plan from './examples/plan.ts';
import * as archive from './examples/archive.ts';
import * as classified from './examples/classified.ts';
import * as correspondence from './examples/correspondence.ts';
import * as dispatch from './examples/dispatch.ts';
import * as distribution from './examples/distribution.ts';
import * as exchange from './examples/exchange.ts';
import * as mailroom from './examples/mailroom.ts';
import * as registry from './examples/registry.ts';

const letter = { kind: 'petition', subject: 'Предмет', text: 'Текст', name: 'Ана Анић', replyBy: 'pickup' };
const origin = 'http://cetinje.localhost';
const credential = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' } };
const message = { name: 'a.eml', bytes: new Uint8Array(Buffer.from('From: a@primjer.example\r\nSubject: x\r\n\r\nx')) };
const person = { name: 'Нова Особа', email: 'nova@primjer.example' };
const password = 'duga i tiha lozinka';

/** For each operation an input that it takes, made from the ids of one office. A new operation needs its row here. */
export const examples: Record<string, (world: World) => Record<string, unknown>> = {
  'office.structure': () => ({}), 'office.contact': () => ({ of: 'unit:x' }), 'duty.list': () => ({}),

  'person.list': () => ({}), 'person.get': (w) => ({ id: w.personId }), 'person.add': () => person, 'person.change': (w) => ({ id: w.personId, ...person }), 'person.deactivate': (w) => ({ id: w.personId }),
  'person.reactivate': (w) => ({ id: w.personId }), 'person.prefer': () => ({ locale: 'en' }), 'person.change_password': () => ({ current: password, password: `${password} 2` }), 'person.invite': (w) => ({ id: w.personId }),
  'person.get_invitation': (w) => ({ token: w.linkToken }), 'person.accept_invite': (w) => ({ token: w.linkToken, password }), 'person.request_reset': () => ({ email: 'nobody@primjer.example' }), 'person.send_reset': (w) => ({ id: w.personId }),
  'person.found_first': () => ({}), 'person.begin_totp': () => ({}), 'person.confirm_totp': () => ({ code: '000000' }), 'person.drop_totp': () => ({ password }), 'person.reset_totp': (w) => ({ id: w.personId }),
  'session.sign_in': () => ({ email: 'nobody@primjer.example', password }), 'session.confirm_totp': (w) => ({ pending: w.linkToken, code: '000000' }), 'session.begin_passkey': () => ({ origin }),
  'session.sign_in_passkey': () => ({ origin, credential }), 'session.list': () => ({}), 'session.close': () => ({ sessionId: 'AAAA' }), 'session.close_others': () => ({}),
  'passkey.begin': () => ({ origin }), 'passkey.add': () => ({ origin, name: 'Кључ', credential }), 'passkey.list': () => ({}), 'passkey.rename': (w) => ({ id: w.passkeyId, name: 'Други' }), 'passkey.drop': (w) => ({ id: w.passkeyId }),
  'token.create': () => ({ name: 'x', scopes: 'read' }), 'token.list': () => ({}), 'token.revoke': (w) => ({ id: w.tokenId }),
  'substitute.set': (w) => ({ personId: w.personId, substituteId: w.deputyId, fromOn: w.dueOn, untilOn: w.dueOn }), 'substitute.end': (w) => ({ id: w.substituteId }), 'substitute.list': (w) => ({ personId: w.personId }),

  'party.list': () => ({}), 'party.get': (w) => ({ id: w.partyId }), 'party.change': (w) => ({ id: w.partyId, name: 'Ана Анић' }), 'document.get': (w) => ({ id: w.documentId }),
  'closing_day.add': () => ({ dayOn: '2026-06-01', name: 'Дан' }), 'closing_day.list': () => ({}), 'register.read': () => ({}), 'obligation.mine': () => ({}), 'obligation.finish': (w) => ({ id: w.obligationId, report: 'Готово.' }),
  'contribution.open_link': (w) => ({ token: w.linkToken }), 'contribution.get': (w) => ({ id: w.contributionId }), 'contribution.give': (w) => ({ id: w.contributionId, reply: 'Сјутра.', name: 'Марко' }),
  'contribution.return': (w) => ({ id: w.contributionId, comment: 'Допунити.', dueOn: w.dueOn }), 'contribution.owed': () => ({}), 'contribution.remind': () => ({}),

  'petition.submit': () => letter, 'petition.register': (w) => ({ ...letter, partyId: w.partyId }), 'petition.register_message': () => ({ message }), 'petition.duplicates': (w) => ({ id: w.caseId }),
  'petition.list': (w) => ({ handlerId: w.personId }), 'petition.count': () => ({}), 'petition.dashboard': () => ({}), 'petition.get': (w) => ({ id: w.caseId }), 'petition.assign': (w) => ({ id: w.caseId, unitId: w.unitId, personId: w.personId }),
  'petition.extend': (w) => ({ id: w.caseId, days: 5, reason: 'Увиђај.' }), 'petition.forward': (w) => ({ id: w.otherId, bodyId: w.bodyId, reason: 'Надлежни су.' }),
  'petition.dismiss': (w) => ({ id: w.otherId, disposition: 'connected', otherReference: w.reference, reason: 'Повезано.' }), 'petition.withdraw': (w) => ({ id: w.otherId, reason: 'Одустао.' }), 'petition.add': (w) => ({ id: w.caseId, text: 'Допуна.' }),
  'petition.link': (w) => ({ id: w.caseId, otherId: w.otherId }), 'petition.restrict': (w) => ({ id: w.caseId, access: 'confidential', personId: w.personId }), 'petition.reopen': (w) => ({ id: w.answeredId, reason: 'Поново.' }),
  'petition.close': (w) => ({ id: w.answeredId }), 'petition.rate': (w) => ({ id: w.answeredId, satisfaction: 'satisfied' }), 'petition.ask_completion': (w) => ({ id: w.caseId, question: 'Који?' }),
  'petition.complete': (w) => ({ id: w.caseId, reply: 'Други.' }), 'petition.lapse': () => ({}), 'petition.confirm': (w) => ({ id: w.caseId }), 'petition.ask_contribution': (w) => ({ id: w.caseId, of: `body:${w.bodyId}`, question: 'Када?', dueOn: w.dueOn }),
  'petition.find_by_code': (w) => ({ code: w.code }), 'petition.track': () => ({}), 'petition.read_receipt': () => ({}), 'petition.print_receipt': (w) => ({ id: w.caseId }), 'petition.waiting_times': () => ({}), 'petition.answer_term': () => ({}),
  'answer.draft': (w) => ({ id: w.caseId, ...parts }), 'answer.submit': (w) => ({ id: w.caseId, version: 1, ...parts, approverId: w.deputyId }), 'answer.return': (w) => ({ id: w.caseId, comment: 'Допунити.' }),
  'answer.approve': (w) => ({ id: w.caseId }), 'answer.dispatch': (w) => ({ id: w.caseId }),
  'publication.propose': (w) => ({ id: w.answeredId }), 'petition.publish': (w) => ({ id: w.answeredId, title: 'Мрак', question: 'Мрак је.', answer: 'Биће свјетла.' }), 'publication.withdraw': (w) => ({ id: w.answeredId }),
  'publication.list': () => ({}), 'publication.get': (w) => ({ id: w.publicationId }), 'view.save': () => ({ name: 'x', query: 'view=mine' }), 'view.drop': (w) => ({ id: w.viewId }), 'view.list': () => ({}), 'search.all': () => ({ query: 'мрак' }),
  'draft.find': (w) => ({ code: w.draftCode }), 'draft.save': (w) => ({ code: w.draftCode, values: { subject: 'Туђе' } }), 'draft.mail': (w) => ({ code: w.draftCode, email: 'ana@primjer.example' }), 'draft.send': (w) => ({ code: w.draftCode }), 'draft.forget': () => ({}),
  ...calendar.examples, ...briefing.examples, ...plan.examples, ...meetings.examples, ...audiences.examples, ...obligations.examples, ...contributions.examples,
  ...registry.examples, ...distribution.examples, ...dispatch.examples, ...mailroom.examples, ...correspondence.examples, ...archive.examples, ...classified.examples, ...exchange.examples,
};
