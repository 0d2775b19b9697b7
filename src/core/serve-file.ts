const shown = new Set(['application/pdf', 'image/jpeg', 'image/png', 'image/webp', 'image/gif']);

/** A kept file as a response: pictures and PDF may be looked at, everything else is only downloaded, nothing can run. */
export function serveFile(file: { fileName: string; mediaType: string; content: string | Uint8Array }, download = false): Response {
  const bytes = typeof file.content === 'string' ? Buffer.from(file.content, 'base64') : Buffer.from(file.content);
  const inline = shown.has(file.mediaType) && !download;
  const ascii = file.fileName.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  return new Response(bytes, {
    headers: {
      'content-type': inline ? file.mediaType : 'application/octet-stream', 'content-length': String(bytes.length), 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store',
      'content-disposition': `${inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(file.fileName)}`,
      'content-security-policy': inline && file.mediaType === 'application/pdf' ? "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf; frame-ancestors 'self'" : "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    },
  });
}
