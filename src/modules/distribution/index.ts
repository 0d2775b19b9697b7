export { findHolder, purposes, type Purpose } from './delivery.ts';
export { addDelivery, deliverForWork, type NewDelivery } from './delivery.server.ts';
export { addWorkingDays } from './resolution.server.ts';
