export { personCaller, Colleague } from './person.server.ts';
