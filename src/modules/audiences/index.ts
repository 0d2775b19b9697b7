export { audienceNumber, mayOrganise } from './audience.ts';
