import { failMail } from '../../core/mail.ts';
import type { Module } from '../../core/module.ts';

export const mailroom: Module = { name: 'mailroom', level: 2, operations: [failMail] };
