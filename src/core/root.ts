import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function find(): string {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, 'package.json'))) {
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error('package.json of Kabinet was not found above the running code');
    directory = parent;
  }
  return directory;
}

/** The repository's folder, from sources and from dist alike. */
export const rootDirectory: string = find();
