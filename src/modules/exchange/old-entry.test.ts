import fc from 'fast-check';
import writeExcelFile from 'write-excel-file/node';
import { expect, test } from 'vitest';
import { dayFromOrdinal, ordinalOf } from '../../core/day.ts';
import { getJurisdiction } from '../../core/jurisdiction.ts';
import { headRow, proposeMapping } from './old-column.ts';
import { isRefused, judgeRow, readDay, readNumber, type Known } from './old-entry.ts';
import { guessDelimiter, guessEncoding, readSheet } from '../../core/sheet.ts';

const known: Known = { patterns: [], today: '2026-11-22', units: new Map(), people: new Map(), labels: { unit: 'Јединица', handler: 'Обрађивач', closedOn: 'Разведено' } };
const patternsOf = (id: string): string[] => getJurisdiction(id).references.flatMap((rule) => [rule.pattern, ...rule.alternatives]);

/** The bytes of a text in an encoding of one byte a letter. */
function bytesIn(encoding: string, text: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  return Uint8Array.from([...text].map((sign) => table.get(sign)!));
}
const utf16 = (text: string, swap = false, mark = true): Uint8Array => {
  const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');
  return swap ? bytes.swap16() : bytes;
};

test('each encoding is recognised, and the words come out whole', async () => {
  const latin = 'Broj;Datum;Predmet\n1;5.3.2019.;Žalba na gradnju pješačke staze, Đurđevića šuma\n2;6.3.2019.;Čišćenje\n';
  const cyrillic = 'Број;Датум;Предмет\n1;5.3.2019.;Жалба на градњу, Ђурђевића шума\n2;6.3.2019.;Чишћење љиљана и џемпера\n';
  const romanian = 'Nr;Data;Conţinut\n1;05.03.2019;Plângere şi sesizare, străzile înguste\n2;06.03.2019;Cerere\n';
  const cases: [string, Uint8Array, string][] = [
    ['utf-8', Buffer.from(latin), 'Žalba'], ['utf-8', Buffer.from(`\uFEFF${cyrillic}`), 'Жалба'], ['windows-1250', bytesIn('windows-1250', latin), 'Žalba'], ['windows-1250', bytesIn('windows-1250', romanian), 'Plângere'],
    ['windows-1251', bytesIn('windows-1251', cyrillic), 'Жалба'], ['utf-16le', utf16(cyrillic), 'Жалба'], ['utf-16be', utf16(latin, true), 'Žalba'], ['utf-16le', utf16(latin, false, false), 'Žalba'],
  ];
  for (const [encoding, bytes, word] of cases) {
    expect(guessEncoding(bytes)).toBe(encoding);
    const sheet = await readSheet(bytes);
    expect(sheet).toMatchObject({ kind: 'csv', encoding, delimiter: ';' });
    expect(String(sheet.rows[1]!.cells[2]).startsWith(word)).toBe(true);
    expect(sheet.rows.map((row) => row.number)).toEqual([1, 2, 3]);
  }
});

test('the sign between the cells is the one that all lines share, not one inside quotes', () => {
  expect(guessDelimiter('a,b,c\n1,"x;y;z",3\n2,"p;q;r",4')).toBe(',');
  expect(guessDelimiter('a;b;c\n1;"x,y,z,u";3\n2;p, q;4')).toBe(';');
  expect(guessDelimiter('a\tb\n1\t2')).toBe('\t');
});

test('quotes, line breaks in cells, blank rows and a quote that never closes', async () => {
  const sheet = await readSheet(Buffer.from('Број;Датум;Предмет\r\n\r\n1;5.3.2019.;"Пут; ""доњи""\nред"\r\n2;6.3.2019.;Дом "Ана"\r\n'));
  expect(sheet.rows.map((row) => row.cells[2])).toEqual(['Предмет', 'Пут; "доњи"\nред', 'Дом "Ана"']);
  expect((await readSheet(Buffer.from('Број;Датум;Предмет\n1;5.3.2019.;"Пут\n2;6.3.2019.;Дом\n'))).rows).toHaveLength(3);
});

test('a workbook gives days and numbers, its largest sheet, and rows as it counts them', async () => {
  const day = new Date(Date.UTC(2019, 2, 5));
  const bytes = await writeExcelFile([{ data: [['напомена']], sheet: 'а' }, { data: [['Дјеловодник'], [null], ['Број', 'Датум', 'Предмет'], [437, { value: day, type: Date, format: 'dd.mm.yyyy' }, 'Пут']], sheet: 'б' }]).toBuffer();
  const sheet = await readSheet(bytes);
  expect(sheet.rows.map((row) => row.number)).toEqual([1, 3, 4]);
  expect(headRow(sheet.rows)).toBe(1);
  const judged = judgeRow(sheet.rows[2]!, { number: 0, receivedOn: 1, subject: 2 }, known);
  expect(judged).toMatchObject({ row: 4, entry: { number: 437, year: 2019, reference: '437/2019', receivedOn: '2019-03-05' } });
});

test('columns are proposed from the heads of books in five languages', () => {
  const heads: Record<string, string[]> = {
    cnr: ['Djelovodni broj', 'Podbroj', 'Datum prijema', 'Predmet', 'Pošiljalac (ime, mjesto)', 'Broj i datum pošiljaoca', 'Organizaciona jedinica', 'Datum i oznaka razvođenja', 'Primjedbe'],
    sr: ['Основни број', 'Подброј', 'Датум пријема', 'Предмет', 'Пошиљалац (име, мјесто)', 'Број и датум пошиљаоца', 'Организациона јединица', 'Датум и ознака развођења', 'Примједбе'],
    mk: ['Основен број', 'Подброј', 'Датум на прием', 'Предмет', 'Испраќач (име, место)', 'Број и датум на испраќачот', 'Организациона единица', 'Датум и ознака на разведување', 'Забелешка'],
    ro: ['Nr. de înregistrare', 'Subnumăr', 'Data înregistrării', 'Conținutul pe scurt', 'Emitent', 'Nr. și data documentului (emitent)', 'Compartiment', 'Mod de rezolvare', 'Observații'],
    en: ['Basic number', 'Sub-number', 'Date of receipt', 'Subject', 'Sender (name, place)', 'Sender’s number and date', 'Unit', 'Date and mark of disposal', 'Remarks'],
    sq: ['Numri bazë', 'Nënnumri', 'Data e pranimit', 'Lënda', 'Dërguesi (emri, vendi)', 'Numri i dërguesit', 'Njësia organizative', 'Mbyllur', 'Vërejtje'],
  };
  const expected = { number: 0, sub: 1, receivedOn: 2, subject: 3, sender: 4, senderReference: 5, unit: 6, closedOn: 7, note: 8 };
  for (const [language, columns] of Object.entries(heads)) expect(proposeMapping(columns), language).toEqual(expected);
  expect(proposeMapping(['x', '', '17'])).toEqual({});
});

test('every day is read back from each way it is written; what is no day is none', () => {
  const days = fc.integer({ min: ordinalOf('1950-01-01'), max: ordinalOf('2044-12-31') }).map(dayFromOrdinal);
  fc.assert(fc.property(days, (on) => {
    const [year, month, date] = on.split('-') as [string, string, string];
    const [m, d] = [String(Number(month)), String(Number(date))];
    const serial = ordinalOf(on) - ordinalOf('1899-12-30');
    for (const written of [on, `${d}.${m}.${year}.`, `${date}.${month}.${year}`, `${d}. ${m}. ${year}. године`, `${date}/${month}/${year}`, `${d}-${m}-${year}`, `${d}.${m}.${year.slice(2)}.`, `${on} 10:22`, String(serial)]) expect(readDay(written), written).toBe(on);
    expect(readDay(serial)).toBe(on);
    expect(readDay(new Date(`${on}T00:00:00Z`))).toBe(on);
  }));
  for (const none of ['', '31.2.2020.', '2020-13-01', 'март', '00.00.0000', '1.1', '7', 7, '2019']) expect(readDay(none), String(none)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => {
    const on = readDay(text);
    expect(on === undefined || /^\d{4}-\d\d-\d\d$/.test(on)).toBe(true);
  }));
});

test('numbers by the law of each country, and as books commonly have them', () => {
  const read = (id: string, text: string, year = 2019) => readNumber(text, patternsOf(id), year);
  expect(read('ME', '01-009/25-2498/2')).toMatchObject({ number: 2498, sub: 2, year: 2025 });
  expect(read('BA-RS', '07-013-217/18')).toMatchObject({ number: 217, sub: 0, year: 2018 });
  expect(read('MK', '08-155/3')).toEqual({ number: 155, sub: 3 });
  expect(read('MK', '08-155/2019')).toEqual({ number: 155, sub: 0, year: 2019 });
  expect(read('RO', '437/02.09.2019')).toMatchObject({ number: 437, sub: 0, year: 2019 });
  expect(read('RO', '437')).toEqual({ number: 437, sub: 0 });
  for (const id of ['ME', 'BA-RS', 'MK', 'RO']) {
    expect(read(id, '437'), id).toEqual({ number: 437, sub: 0 });
    expect(read(id, '437/2019'), id).toMatchObject({ number: 437, sub: 0, year: 2019 });
    for (const none of ['без броја', '0', '?', '']) expect(read(id, none), `${id} ${none}`).toBeUndefined();
  }
  expect(readNumber('05-437/2019', [], 2019)).toEqual({ number: 437, sub: 0, year: 2019 });
  expect(readNumber('437/2-2019', [], 2020)).toEqual({ number: 437, sub: 2, year: 2019 });
  expect(readNumber('437/19', [], 2019)).toEqual({ number: 437, sub: 0, year: 2019 });
  expect(readNumber('437/3', [], 2019)).toEqual({ number: 437, sub: 3 });
  fc.assert(fc.property(fc.string(), (text) => {
    const found = readNumber(text, patternsOf('ME'), 2019);
    expect(found === undefined || (Number.isInteger(found.number) && found.number > 0)).toBe(true);
  }));
});

test('any row is entered or refused, never an accident', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('437/2019', '5.3.2019.', 'Пут', '1', 'отворено', 'a/a 1.1.2020.'), fc.integer(), fc.constant(null));
  fc.assert(fc.property(fc.array(cell, { maxLength: 10 }), (cells) => {
    const judged = judgeRow({ number: 7, cells }, { number: 0, receivedOn: 1, subject: 2, sub: 3, year: 4, sender: 5, direction: 6, closedOn: 7, note: 8, unit: 9 }, known);
    expect(isRefused(judged) ? judged.said.key.startsWith('import.refusal.') : judged.entry.reference.length > 0).toBe(true);
  }), { numRuns: 500 });
});
