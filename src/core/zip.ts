import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

export type ZipEntry = { path: string; at: Date; read(): Promise<Uint8Array> | Uint8Array };

// What is packed already gains nothing from being packed again.
const packs = /\.(xml|txt|csv|json|md)$/i;
// Times before this have no place in a ZIP.
const earliest = Date.UTC(1980, 0, 2);

/** A ZIP as a stream: one file at a time is in memory. Without the 64-bit form it holds 4 GB and 65,535 files. */
export function zipStream(entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>): ReadableStream<Uint8Array> {
  const rest = Symbol.asyncIterator in entries ? entries[Symbol.asyncIterator]() : entries[Symbol.iterator]();
  let zip: Zip | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      zip = new Zip((error, chunk, final) => {
        if (error) controller.error(error);
        else {
          if (chunk.length > 0) controller.enqueue(chunk);
          if (final) controller.close();
        }
      });
    },
    async pull() {
      const { value, done } = await rest.next();
      if (done) return zip!.end();
      const file = packs.test(value.path) ? new ZipDeflate(value.path, { level: 6 }) : new ZipPassThrough(value.path);
      file.mtime = new Date(Math.max(earliest, value.at.getTime()));
      zip!.add(file);
      file.push(new Uint8Array(await value.read()), true);
    },
    cancel() {
      zip?.terminate();
    },
  });
}
