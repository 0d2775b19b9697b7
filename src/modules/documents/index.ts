export { addDocument, listDocuments, takeUploads, UploadList, DocumentRow, type DocumentKind, type NewDocument } from './document.server.ts';
