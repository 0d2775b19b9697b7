import { openBytes, sealBytes } from '../../core/secret.ts';

/** What a classified paper says; in the database and the store it lies sealed only. */
export type Words = { subject: string; sender: string; senderReference: string; note: string; basis: string; history: Change[] };
export type Change = { at: string; by: string; from: string; to: string; basis: string };
export type FileName = { name: string; size: number };

type Place = 'words' | 'name' | 'file' | 'need';
const belongs = (place: Place, officeId: number, id: string): string => `classified ${place} ${officeId} ${id}`;

export const sealJson = (place: Place, officeId: number, id: string, value: unknown): Buffer => sealBytes(Buffer.from(JSON.stringify(value)), belongs(place, officeId, id));
export const openJson = (place: Place, officeId: number, id: string, sealed: Uint8Array): unknown => JSON.parse(openBytes(sealed, belongs(place, officeId, id)).toString('utf8'));
export const sealFile = (officeId: number, id: string, bytes: Uint8Array): Buffer => sealBytes(bytes, belongs('file', officeId, id));
export const openFile = (officeId: number, id: string, sealed: Uint8Array): Buffer => openBytes(sealed, belongs('file', officeId, id));
