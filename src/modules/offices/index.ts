export { addOffice, readOfficeFiles } from './office.server.ts';
