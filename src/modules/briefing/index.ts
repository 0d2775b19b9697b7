export { putPackParts, type PackOrigin, type PutPart } from './pack.server.ts';
