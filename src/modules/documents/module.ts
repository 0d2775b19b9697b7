import type { Module } from '../../core/module.ts';
import { getDocument } from './document.server.ts';

export const documents: Module = { name: 'documents', level: 1, ofCase: [{ name: 'document', table: 'document' }], operations: [getDocument] };
