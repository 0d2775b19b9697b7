export { yearsOf } from './archive.server.ts';
