import { putAway, registerPaper } from '../src/modules/registry/index.ts';
import type { TestOffice } from './office.ts';

const long = new Date('2019-04-08T09:00:00Z');
/** A closed case with one file, of the class given. */
export async function closed(office: TestOffice, more: { classCode?: string; now?: Date; text?: string; access?: 'office' | 'confidential'; file?: { name: string; bytes: Uint8Array } } = {}): Promise<string> {
  const { now = long, classCode = '009', access = 'office' } = more;
  const file = more.file ?? { name: 'dopis.txt', bytes: new Uint8Array(Buffer.from(more.text ?? `Допис ${Math.random()}`)) };
  const { id } = await office.run(registerPaper, await office.as(access === 'office' ? 'registrar' : 'chief'), { direction: 'in', channel: 'post', subject: 'Захтјев за податке', text: 'Тијело дописа о путу.', classCode, access, files: [{ name: file.name, bytes: new Uint8Array(file.bytes) }] }, { now });
  await office.run(putAway, await office.as('chief'), { id }, { now: new Date(now.getTime() + 5 * 86_400_000) });
  return id;
}
