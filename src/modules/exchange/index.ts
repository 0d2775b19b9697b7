export { exportCase } from './case-content.server.ts';
