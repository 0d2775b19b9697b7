import type { Module } from '../../core/module.ts';

export const mailroom: Module = { name: 'mailroom', level: 2, operations: [] };
