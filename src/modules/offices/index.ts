export { addOffice, readOfficeFiles } from './office.server.ts';
export { inScript } from './office-public.server.ts';
