export { lettersOfCase, listLetters } from './letter-list.server.ts';
