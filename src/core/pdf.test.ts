import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closePdf, openPrinter, PdfError, renderPdf } from './pdf.ts';
import type { LetterData, MinutesData, ReceiptData, RegisterData, TableData } from './pdf.ts';

const office = {
  name: 'Пријестоница Примјер',
  cabinet: 'Служба градоначелника',
  address: 'Липова 2, 81000 Примјер',
  phone: 'тел. 040 000 000',
  email: 'sluzba@primjer.example',
  accent: '#6d1f45',
};

const letter: LetterData = {
  lang: 'sr-Cyrl',
  region: 'BA',
  title: 'Одговор на представку 12-Г-7/26',
  issuedAt: '2026-09-28T10:00:00Z',
  office,
  number: '12-Г-7/26',
  date: '28. септембра 2026.',
  place: 'Примјер',
  addressee: ['Његуш Џаковић', 'Улица липа 4', '81000 Примјер'],
  subject: 'Расвјета у Улици липа',
  salutation: 'Поштовани господине Џаковићу,',
  sections: [
    { heading: 'Чињенице', text: 'Шест стубова не свијетли.\nПрекид је на каблу:\n- код школе,\n- код моста.' },
    { heading: 'Одлука', text: 'Кабл се мијења до 15. октобра.' },
  ],
  closing: 'С поштовањем,',
  signatory: { name: 'Ђурђа Љубић', title: 'шефица кабинета' },
  enclosures: ['Записник'],
  deliveries: ['Именованом', 'Архива'],
  labels: {
    page: 'Страна {page} од {pages}',
    number: 'Број',
    date: 'Мјесто и датум',
    enclosures: 'Прилози',
    deliveries: 'Достављено',
  },
};

const receipt: ReceiptData = {
  lang: 'en',
  title: 'Receipt 12-7/26',
  issuedAt: '2026-08-29',
  office: { ...office, name: 'City of Example', cabinet: "Mayor's Office" },
  number: '12-7/26',
  code: 'K7M-94P',
  subject: 'Street lights',
  sender: ['Ana Example', '4 Linden Street'],
  received: '29 August 2026 at 14:12',
  channel: 'by the public page',
  handledBy: 'Utilities',
  answerBy: '28 September 2026',
  explanation: 'The term is 30 days from receipt.',
  attachments: [{ name: 'lights.jpg', size: '2.4 MB' }],
  text: 'Dear Mayor,\n\nsix lamps are dark.',
  follow: { text: 'Enter the code at', url: 'example.example/follow' },
  labels: {
    page: 'Page {page} of {pages}',
    title: 'Receipt',
    number: 'Number',
    code: 'Tracking code',
    subject: 'Subject',
    sender: 'Sender',
    received: 'Received',
    channel: 'Channel',
    handledBy: 'Handled by',
    answerBy: 'Answer by',
    attachments: 'Attachments',
    text: 'Text as received',
    follow: 'How to follow it',
    replaced: 'The sign stands for what cannot be printed.',
  },
};

const register: RegisterData = {
  lang: 'cnr-Latn',
  region: 'ME',
  title: 'Djelovodnik 2026',
  issuedAt: '2026-11-22',
  office,
  book: 'Djelovodnik',
  year: '2026',
  columns: [
    { title: 'R. br.', width: 0.5 },
    { title: 'Predmet', width: 4 },
    { title: 'Prilozi', decimals: 0, align: 'right' },
    { title: 'Taksa', decimals: 2, align: 'right' },
  ],
  rows: Array.from({ length: 60 }, (_, i) => ({
    cells: [String(i + 1), `Dopis ${i + 1}`, '2', '1.000,10'],
    amounts: [2, 1000.1],
  })),
  labels: { page: 'Strana {page} od {pages}', onPage: 'Na strani', carried: 'Preneseno', toHere: 'Ukupno' },
};

const table: TableData = {
  lang: 'ro',
  region: 'RO',
  title: 'Petiții în lucru',
  issuedAt: '2026-11-22',
  office,
  filters: [{ label: 'Perioada', value: '2026' }],
  count: '80 de petiții',
  columns: [{ title: 'Nr.' }, { title: 'Obiectul', width: 3 }, { title: 'Zile', align: 'right' }],
  rows: [{ group: 'Urbanism' }, ...Array.from({ length: 80 }, (_, i) => [String(i + 1), 'Iluminatul străzii', String(i)])],
  totals: ['Total', '', '3160'],
  labels: { page: 'Pagina {page} din {pages}' },
};

const square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h2v2H0zM2 2h2v2H2z"/></svg>';
const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const canExtract = spawnSync('pdftotext', ['-v']).error === undefined;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pdf-test-'));
});

afterAll(() => {
  closePdf();
  rmSync(folder, { recursive: true, force: true });
});

function raw(pdf: Uint8Array): string {
  return Buffer.from(pdf).toString('latin1');
}

/** The text of the document as a reader would copy it, or nothing where the tool is missing. */
function extract(pdf: Uint8Array): string | undefined {
  if (!canExtract) return undefined;
  const file = join(folder, 'extract.pdf');
  writeFileSync(file, pdf);
  return execFileSync('pdftotext', ['-layout', file, '-'], { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .normalize('NFC');
}

function expectText(pdf: Uint8Array, ...parts: string[]): void {
  expect(raw(pdf).startsWith('%PDF-1.7')).toBe(true);
  const text = extract(pdf);
  if (text !== undefined) for (const part of parts) expect(text).toContain(part.normalize('NFC'));
}

describe('templates', () => {
  test('a letter has its parts, in order', async () => {
    const pdf = await renderPdf('letter', letter);
    expectText(
      pdf,
      'Његуш Џаковић',
      '12-Г-7/26',
      'Примјер, 28. септембра 2026.',
      'Расвјета у Улици липа',
      'Страна 1 од 1',
      'шефица кабинета',
    );
    const text = extract(pdf);
    if (text) {
      const order = ['Поштовани', 'Чињенице', 'код моста', 'Одлука', 'С поштовањем', 'Ђурђа Љубић', 'Прилози'].map((part) =>
        text.indexOf(part),
      );
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(order).not.toContain(-1);
    }
  });

  test('the addressee may stand on the right, and a note names where to verify', async () => {
    const pdf = await renderPdf('letter', {
      ...letter,
      window: 'right',
      note: { text: 'Припремљено електронски.', verification: 'Код 7QK', qr: square },
    });
    expectText(pdf, 'Припремљено електронски.', 'Код 7QK');
    const line = extract(pdf)
      ?.split('\n')
      .find((each) => each.includes('Његуш Џаковић'));
    if (line) expect(line.indexOf('Његуш')).toBeGreaterThan(30);
  });

  test('a receipt says all that the sender needs', async () => {
    const pdf = await renderPdf('receipt', receipt);
    expectText(
      pdf,
      'K7M-94P',
      'Answer by',
      '28 September 2026',
      'The term is 30 days',
      'lights.jpg',
      '2.4 MB',
      'six lamps are dark',
      'example.example/follow',
    );
    expect(extract(pdf) ?? '').not.toContain('cannot be printed');
  });

  test('a register carries its sums from page to page', async () => {
    const pages = extract(await renderPdf('register', register))
      ?.split('\f')
      .slice(0, -1);
    if (!pages) return;
    expect(pages.length).toBeGreaterThan(1);
    let before = 0;
    for (const page of pages) {
      const [onPage, carried, toHere] = ['Na strani', 'Preneseno', 'Ukupno'].map((label) =>
        Number(new RegExp(`${label}\\s+(\\d+)`).exec(page)?.[1]),
      );
      expect(page).toContain('Predmet');
      expect(carried).toBe(before);
      expect(toHere).toBe(before + onPage!);
      before = toHere!;
    }
    expect(before).toBe(60);
    expect(pages.at(-1)).toMatch(/Ukupno\s+60\s+120\s+60\.006,00/);
  });

  test('a table repeats its head and ends in its totals', async () => {
    const pages = extract(await renderPdf('table', table))
      ?.split('\f')
      .slice(0, -1);
    if (!pages) return;
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page).toContain('Obiectul');
    expect(pages[0]).toContain('80 de petiții');
    expect(pages.at(-1)).toMatch(/Total\s+3160/);
  });

  const rowsOf = (words: string): string[][] => Array.from({ length: 40 }, (_, i) => [`«${i}`, `${`${words} `.repeat(i === 20 ? 120 : 1 + (i % 7))}${i}»`]);
  const columns = [{ title: 'A' }, { title: 'B', width: 3 }];
  const minutes = (lang: string, words: string): MinutesData => ({
    lang, title: 'M', issuedAt: '2026-11-22', office, number: '1', date: '', body: '', subtitle: '', facts: [], attendance: [], agenda: [], remarks: [], signatory: { name: '' }, signatories: [{ label: '', name: 'Ђурђа Љубић' }],
    points: [{ number: '1', title: 'V', columns, rows: rowsOf(words), lines: [], conclusions: [] }], labels: { page: '{page}', attendance: 'x', agenda: 'x', course: 'x', remarks: 'x', answer: 'x' },
  });
  const sr = 'Одјељењу се налаже да до идуће сједнице поднесе извјештај о расвјети.';
  test.each([
    ['minutes, sr-Cyrl', () => renderPdf('minutes', minutes('sr-Cyrl', sr))],
    ['minutes, ro', () => renderPdf('minutes', minutes('ro', 'Direcția prezintă până la ședința următoare situația iluminatului.'))],
    ['a table', () => renderPdf('table', { ...table, columns, rows: rowsOf(sr), totals: [] })],
    ['a register', () => renderPdf('register', { ...register, columns, rows: rowsOf(sr).map((cells) => ({ cells })) })],
  ])('a row of a table stays on one page, and one longer than a page loses nothing: %s', async (_, print) => {
    const pages = extract(await print())?.split('\f').slice(0, -1);
    if (!pages) return;
    const pageOf = (words: string): number => pages.findIndex((page) => new RegExp(`(?<!\\d)${words}(?!\\d)`).test(page));
    expect(pages.length).toBeGreaterThan(4);
    for (let row = 0; row < 40; row++) {
      const [first, last] = [pageOf(`«${row}`), pageOf(`${row}»`)];
      expect(first, `row ${row}`).toBeGreaterThanOrEqual(0);
      expect(row === 20 ? last > first : last === first, `row ${row} from page ${first} to ${last}`).toBe(true);
    }
    const words = pages.join(' ').match(/извјештај|situația/g);
    expect(words).toHaveLength(rowsOf('x').reduce((sum, [, cell]) => sum + cell!.split('x').length - 1, 0));
  });

  test('empty fields, no rows, and words that never end are no trouble', async () => {
    const endless = 'Неизговоримо'.repeat(60);
    const papers = await Promise.all([
      renderPdf('letter', {
        ...letter,
        addressee: [],
        subject: '',
        salutation: '',
        closing: '',
        sections: [],
        enclosures: [],
        signatory: { name: '' },
      }),
      renderPdf('letter', {
        ...letter,
        addressee: Array(9).fill(endless),
        subject: endless,
        signatory: { name: endless, title: endless },
      }),
      renderPdf('receipt', { ...receipt, subject: '', sender: [], text: '', attachments: [], follow: undefined }),
      renderPdf('register', { ...register, rows: [] }),
      renderPdf('register', { ...register, rows: [{ cells: [endless, endless, endless, endless] }] }),
      renderPdf('table', { ...table, rows: [], totals: [], labels: { page: '{page}', empty: 'Nu există.' } }),
    ]);
    for (const pdf of papers) expect(raw(pdf).startsWith('%PDF-')).toBe(true);
    expectText(papers[5]!, 'Nu există.');
  });
});

describe('languages', () => {
  const sentences: Record<string, string> = {
    'cnr-Latn': 'Śutra će źenica: „đžćčš ĐŽĆČŠ ŚŹ śź“',
    'cnr-Cyrl': 'С́утра ће з́еница: „ђџћљњј ЂЏЋЉЊЈ“',
    'sr-Latn': 'Ljeto, njiva, džep: „đžćčš“ № 7',
    'sr-Cyrl': 'Љето, њива, џеп: „ђћ“ № 7',
    mk: 'Ѓорѓи, ќе ѕвони: „ѓќѕџљњј ЃЌЅЏ ѐѝ“',
    ro: 'Știință și înțelegere: „ăâîșț ĂÂÎȘȚ”',
    sq: 'Çezma është këtu: “ëç ËÇ”',
    en: 'The mayor’s “answer” – no. 7',
  };
  test.each(Object.entries(sentences))('%s keeps every letter', async (lang, sentence) => {
    const pdf = await renderPdf('letter', {
      ...letter,
      lang,
      region: undefined,
      subject: sentence,
      sections: [{ text: sentence }],
    });
    expectText(pdf, sentence);
    expect(raw(pdf).includes(`/Lang (${lang.split('-')[0]})`)).toBe(true);
  });
});

describe('the file', () => {
  test('is tagged PDF/A-2a with its date, the same bytes for the same data', async () => {
    const [first, second] = await Promise.all([renderPdf('letter', letter), renderPdf('letter', letter)]);
    expect(Buffer.compare(first!, second!)).toBe(0);
    for (const part of ['<pdfaid:part>2<', '<pdfaid:conformance>A<', '2026-09-28T10:00:00', '/StructTreeRoot']) {
      expect(`${part} ${raw(first!).includes(part)}`).toBe(`${part} true`);
    }
  });

  test('takes pictures as SVG, as PNG bytes and as a data address, and nothing else', async () => {
    const bytes = new Uint8Array(Buffer.from(onePixel, 'base64'));
    for (const qr of [`data:image/png;base64,${onePixel}`, bytes, square]) {
      const pdf = raw(await renderPdf('receipt', { ...receipt, qr }));
      expect(pdf.includes('Tracking code: K7M-94P')).toBe(true);
    }
    await expect(renderPdf('receipt', { ...receipt, qr: '/etc/hostname' })).rejects.toThrow('neither SVG nor PNG');
  });
});

describe('text from outside', () => {
  const withText = (text: string) => renderPdf('receipt', { ...receipt, text });

  test('is never markup', async () => {
    const hostile = '#read("/etc/passwd") #import "paper.typ" $x$ *b* _i_ @ref `raw` // no <b>';
    expectText(await withText(hostile), hostile);
  });

  test('keeps its place where a sign cannot be printed, and the paper says so', async () => {
    const pdf = await withText('a😀b 👨‍👩‍👧‍👦 c\ue000d e\ud800f 漢 g\u0000\u0007h i\u202ej 2 ≤ 3 ☐ k');
    expectText(pdf, 'a�b � c�d e�f � gh ij 2 <= 3 [ ] k', 'cannot be printed');
  });

  test('may be long, without spaces, in another script, or nothing but links', async () => {
    const texts = [
      'Молимо да се лампе поправе. '.repeat(3600),
      'абвгд'.repeat(20_000),
      'مرحبا بالعالم שלום '.repeat(400),
      `https://example.example/${'x'.repeat(60)} `.repeat(800),
      'a\u0301'.repeat(3000),
    ];
    for (const text of texts) expect(raw(await withText(text)).startsWith('%PDF-')).toBe(true);
  }, 60_000);
});

describe('the worker', () => {
  const working =
    "process.on('message', ({ id, data }) => { CASE; process.send({ id, pdf: new Uint8Array([1]), bytesHeld: 0 }); });";
  const openWith = (act: string, timeoutMs = 5000) => {
    const file = join(folder, `worker-${Math.random().toString(36).slice(2)}.mjs`);
    writeFileSync(file, working.replace('CASE', act));
    return openPrinter({ worker: file, timeoutMs });
  };
  const ill = { ...letter, subject: 'ill' };

  test('refuses data that does not fit, and goes on', async () => {
    await expect(renderPdf('letter', { lang: 'mk' } as LetterData)).rejects.toMatchObject({ name: 'PdfError', reason: 'data' });
    expectText(await renderPdf('letter', letter), 'Чињенице');
  });

  test('that dies fails one document and is replaced', async () => {
    const printer = openWith("if (data.subject === 'ill') process.abort()");
    const [first, second, third] = await Promise.allSettled([
      printer.render('letter', letter),
      printer.render('letter', ill),
      printer.render('letter', letter),
    ]);
    expect(first!.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { reason: 'crash' } });
    expect(third!.status).toBe('fulfilled');
    printer.close();
  });

  test('that hangs is ended after the time for one document', async () => {
    const printer = openWith("if (data.subject === 'ill') for (;;);", 700);
    const [first, second] = await Promise.allSettled([printer.render('letter', ill), printer.render('letter', letter)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { reason: 'timeout' } });
    expect(second!.status).toBe('fulfilled');
    printer.close();
  });

  test('refuses what waits when it is closed', async () => {
    const printer = openWith('for (;;);');
    const waiting = Promise.allSettled([printer.render('letter', letter), printer.render('letter', letter)]);
    printer.close();
    for (const result of await waiting) expect(result).toMatchObject({ status: 'rejected', reason: { reason: 'closed' } });
    expect(new PdfError('closed', 'x')).toBeInstanceOf(Error);
  });
});
