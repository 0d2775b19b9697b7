export { findHolder, purposes, type Purpose } from './delivery.ts';
export { addDelivery, deliverForWork, receiveByWorking, type NewDelivery } from './delivery.server.ts';
export { addWorkingDays } from './resolution.server.ts';
