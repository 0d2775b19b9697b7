export { periods, spanOf, type Period } from './plan.ts';
