export { addDispatch, mailFailed, mailSent, type NewDispatch } from './addressee.server.ts';
export { ways, type Way } from './dispatch.ts';
