export { getBookRule, keepsFiles, levels, rankOf, type Level } from './classified.ts';
