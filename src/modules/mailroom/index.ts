export type { ArrivalState } from './arrival.ts';
