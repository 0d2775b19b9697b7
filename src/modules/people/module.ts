import type { Module } from '../../core/module.ts';
import { foundPeople, listColleagues } from './person.server.ts';

export const people: Module = { name: 'people', level: 1, operations: [listColleagues], found: foundPeople };
