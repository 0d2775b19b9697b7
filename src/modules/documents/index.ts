export { addDocument, getDocument, listDocuments, takeUploads, UploadInput, UploadList, DocumentRow, type DocumentKind, type NewDocument } from './document.server.ts';
