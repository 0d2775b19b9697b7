/** A picture: SVG text, PNG bytes, or a PNG as `data:image/png;base64,…`. */
export type PdfPicture = string | Uint8Array;

/** The heading of the office; `accent` is `#rrggbb`, `arms` the office's own (a plain shield stands where none are given). */
export interface PdfOffice {
  name: string;
  cabinet?: string;
  address?: string;
  phone?: string;
  email?: string;
  web?: string;
  accent?: string;
  arms?: PdfPicture;
}

/** A label and its value, both as they are to be read. */
export interface PdfFact {
  label: string;
  value: string;
}

/**
 * What every paper needs. `lang` is a locale id (`cnr-Latn`), `region` a country of two letters, `title` names the file for
 * its reader, `issuedAt` (`YYYY-MM-DD` or `YYYY-MM-DDTHH:mm:ssZ`) is the date inside the file. All other dates come as text.
 */
export interface PdfPaper {
  lang: string;
  region?: string;
  title: string;
  issuedAt: string;
  office: PdfOffice;
}

/** Labels holding `{page}` and `{pages}` where the numbers go, as in `Strana {page} od {pages}`. */
export interface PdfPageLabel {
  page: string;
}

/** An outgoing answer. `text` of a section: an empty line parts paragraphs; lines that all begin with `-` or `1.` are a list. */
export interface LetterData extends PdfPaper {
  number: string;
  date: string;
  place?: string;
  /** Side of the window in the envelope; left unless said. */
  window?: 'left' | 'right';
  /** Name, street, place, one line each: five lines of the window at most. */
  addressee: string[];
  /** Such as registered post, printed above the addressee. */
  delivery?: string;
  /** Further particulars beside the address: their number, who handles it. */
  facts?: PdfFact[];
  subject: string;
  salutation?: string;
  sections: Array<{ heading?: string; text: string }>;
  closing?: string;
  /** With a `note` the letter is electronic, and no line is left for a signature by hand. `seal` marks the place of the stamp. */
  signatory: { name: string; title?: string; onBehalf?: string; seal?: string };
  enclosures?: string[];
  deliveries?: string[];
  note?: { text: string; verification?: string; qr?: PdfPicture };
  /** The words of the electronic signature under the name; the paper then keeps the place of its field (see pades.ts). */
  sealed?: { title: string; lines: string[] };
  /** Words between ** are set bold. */
  bold?: boolean;
  /** Written across each page of what is not yet the letter. */
  draft?: string;
  labels: PdfPageLabel & { number: string; date: string; enclosures: string; deliveries: string };
}

/** The last page of a letter that came as a PDF of its own; `before` is how many pages that one has. Of a draft a page with its mark alone comes first. */
export interface ClosingData extends Omit<LetterData, 'sections' | 'labels'> {
  before: number;
  statement: string;
  labels: LetterData['labels'] & { closing: string; addressee: string };
}

/** The receipt of a petition, with its whole text as received. */
export interface ReceiptData extends PdfPaper {
  number: string;
  code: string;
  qr?: PdfPicture;
  intro?: string;
  subject: string;
  /** Name and address, one line each. */
  sender: string[];
  received: string;
  channel?: string;
  handledBy?: string;
  answerBy?: string;
  /** How the date was computed, in one sentence. */
  explanation?: string;
  attachments?: Array<{ name: string; size: string }>;
  text: string;
  follow?: { text: string; url?: string };
  labels: PdfPageLabel & {
    title: string;
    number: string;
    code: string;
    subject: string;
    sender: string;
    received: string;
    channel: string;
    handledBy: string;
    answerBy: string;
    attachments: string;
    noAttachments?: string;
    text: string;
    follow: string;
    /** Says what the sign � stands for; printed only where the text holds one. */
    replaced?: string;
  };
}

/** A column; `width` is a share (1 unless given), not a length. */
export interface PdfColumn {
  title: string;
  width?: number;
  align?: 'left' | 'right' | 'center';
}

/** A book as it is bound: landscape, numbered columns, at the foot the sums of the page and those carried on. */
export interface RegisterData extends PdfPaper {
  book: string;
  year: string;
  /** A column with `decimals` is summed: the n-th such column takes the n-th of a row's `amounts`. */
  columns: Array<PdfColumn & { decimals?: number }>;
  /** `struck` but for the cell `plain`, which says why. */
  rows: Array<{ cells: string[]; amounts?: Array<number | null>; struck?: boolean; plain?: number }>;
  numbers?: { decimal: string; group: string };
  /** When and by whom it was printed. */
  printed?: string;
  /** A part of a book that is printed in parts: how many lines and pages stand before it. */
  before?: { lines: number; pages: number };
  /** What stands under the last line of a book that is closed. */
  closing?: string[];
  labels: PdfPageLabel & { onPage: string; carried: string; toHere: string };
}

/** Any list. A row is its cells, or a heading over the rows that follow. */
export interface TableData extends PdfPaper {
  /** A long list is set in parts: so many pages are before this one, which begins without heading. */
  before?: { pages: number };
  orientation?: 'portrait' | 'landscape';
  filters?: PdfFact[];
  /** How many rows there are, in words. */
  count?: string;
  columns: PdfColumn[];
  rows: Array<string[] | { group: string }>;
  totals?: string[];
  printed?: string;
  labels: PdfPageLabel & { empty?: string };
}

/** An official note over figures, such as that of a closed book: what is stated, figures, a list, places for signatures. */
export interface NoteData extends PdfPaper {
  subtitle: string;
  text: string;
  facts: PdfFact[];
  list: { title: string; columns: PdfColumn[]; rows: string[][] };
  place: string;
  signatories: Array<{ label: string; name: string; title: string }>;
  labels: PdfPageLabel & { seal: string };
}

/** What is laid over a page of a classified paper; width and height in points. */
export interface ClassifiedData {
  lang: string;
  title: string;
  level: string;
  reader: string;
  line: string;
  width: number;
  height: number;
}

/** Labels of 70 × 37 mm: one a page, or a sheet of 3 × 8 on A4 whose first `skip` places are used up. */
export interface LabelData extends PdfPaper {
  sheet: boolean;
  skip: number;
  labels: Array<{ title: string; number: string; facts: PdfFact[]; qr: string }>;
}

/** A paper of the archive: slip, list for the archive's consent, record. Facts, a table, places to sign. */
export interface ArchiveData extends PdfPaper {
  orientation?: 'portrait' | 'landscape';
  intro?: string;
  facts: PdfFact[];
  columns?: PdfColumn[];
  rows?: string[][];
  signatures?: Array<{ title: string; name: string }>;
  printed?: string;
  labels: PdfPageLabel;
}

/** The label on a box of the archive. */
export interface BoxData extends PdfPaper {
  number: string;
  label?: string;
  facts: PdfFact[];
  qr: PdfPicture;
  labels: { box: string };
}

/** A document in a form that lasts (PDF/A-3a): its facts, its text or pages, and the original bytes attached. */
export interface CarrierData extends PdfPaper {
  note: string;
  facts: PdfFact[];
  text?: string;
  pages?: Array<{ bytes: Uint8Array; ending: string }>;
  attachment?: { bytes: Uint8Array; name: string; mediaType: string; description: string };
  labels: PdfPageLabel & { text: string; sheet: string };
}

/** The internal delivery book of a day: the lines of each unit on pages of its own. */
export interface DeliveryBookData extends PdfPaper {
  day: string;
  columns: PdfColumn[];
  units: Array<{ name: string; rows: string[][] }>;
  labels: PdfPageLabel & { empty: string };
}

/** Addresses to stick on or envelopes to print, one a piece. */
export interface LabelsData extends PdfPaper {
  kind: 'label' | 'envelope';
  pieces: Array<{ name: string; lines: string[]; reference: string; delivery: string }>;
  labels: PdfPageLabel;
}

/** The front of a case as one file: facts of the case and the list of its papers with their pages. */
export interface BundleData extends PdfPaper {
  subject: string;
  facts: PdfFact[];
  rows: Array<{ number: string; date: string; title: string; page: string; sub: boolean }>;
  labels: { kind: string; contents: string; number: string; date: string; paper: string; at: string };
}

/** A paper that is words only, or a sheet in the place of a file that has no pages to show. */
export interface BundleSheetData extends PdfPaper {
  facts: PdfFact[];
  text?: string;
  note?: string;
}

/** A line for the foot of each page, each on a small page of its own. */
export interface BundleStampsData extends PdfPaper {
  lines: string[];
}

/** Minutes of a sitting, the annex of a confidential point, or one conclusion as an excerpt. Texts are as those of a letter. */
export interface MinutesData extends PdfPaper {
  number: string;
  date: string;
  /** Whose sitting it was, over the title; which, under it. */
  body: string;
  subtitle: string;
  /** Such as confidential, at the head. */
  marking?: string;
  facts: PdfFact[];
  attendance: Array<{ label: string; names: string[] }>;
  quorum?: string;
  opening?: string;
  agenda: Array<{ number: string; title: string }>;
  points: Array<{
    number: string;
    title: string;
    meta?: string;
    text?: string;
    columns?: PdfColumn[];
    rows?: string[][];
    /** Votes, who took no part, what became of the point: a line each. */
    lines: string[];
    conclusions: Array<{ title: string; text: string; owners: string[] }>;
  }>;
  closing?: string;
  remarks?: Array<{ by: string; text: string; answer: string }>;
  /** The first signs electronically where the paper is sealed; the others have a line. */
  signatories: Array<{ label: string; name: string; title?: string }>;
  signatory: { name: string };
  note?: { text: string };
  sealed?: { title: string; lines: string[] };
  draft?: string;
  labels: PdfPageLabel & { agenda: string; attendance: string; course: string; remarks: string; answer: string };
}

/** The call to a sitting, or the front of its pack: facts, the agenda with marks of what is otherwise, who is called, who calls. */
export interface AgendaData extends PdfPaper {
  number: string;
  date: string;
  place?: string;
  heading: string;
  subtitle: string;
  intro?: string;
  facts: PdfFact[];
  agenda: Array<{ number: string; time: string; title: string; mark: string; meta: string[] }>;
  dropped?: string[];
  members?: string[];
  signatory?: { name: string; title: string };
  labels: PdfPageLabel & { number: string; date: string; agenda: string; dropped: string; members: string };
}

/** How obligations were carried out: `shares` of a bar in the order of `parts`; the last row is the sum. */
export interface RealisationData extends PdfPaper {
  lead: string;
  facts: PdfFact[];
  parts: string[];
  bars: Array<{ name: string; shares: number[]; share: string }>;
  columns: string[];
  rows: string[][];
  late: string[][];
  lateColumns: string[];
  labels: PdfPageLabel & { bars: string; numbers: string; late: string };
}

/** The sheets of a briefing pack; the papers follow them. A `photo` is a JPEG, places of seats are hundredths of the drawing. */
export interface PackData extends PdfPaper {
  kind: string;
  when: string;
  place?: string;
  aim?: string;
  summary?: string;
  facts: PdfFact[];
  points: Array<{ title: string; text: string }>;
  notes: Array<{ title: string; text: string }>;
  people: Array<{ name: string; initials: string; role: string; note: string; photo?: Uint8Array; lists: Array<{ title: string; lines: string[] }> }>;
  promises: Array<{ text: string; sub: string }>;
  programme: Array<{ title: string; text: string }>;
  seating: Array<{ title: string; shape: string; seats: Array<{ name: string; x: number; y: number; side: string }> }>;
  contributions: Array<{ title: string; sub: string; text: string }>;
  papers: Array<{ number: string; title: string; page: string }>;
  labels: { points: string; people: string; promises: string; contributions: string; papers: string };
}

/** An entry of a plan as it is to be read; `mark` says what is otherwise than in the version before. */
export interface PlanLine {
  time: string;
  title: string;
  place: string;
  with: string;
  prepares: string;
  mark: string;
  isTentative: boolean;
  isGone: boolean;
  isTaken: boolean;
}

/** The plan of those who lead for a day (A4), a week (one page across) or a month (a list); `closed` names a day on which the office is closed. */
export interface PlanData extends PdfPaper {
  period: 'day' | 'week' | 'month';
  heading: string;
  span: string;
  audience: string;
  version: string;
  note: string;
  leaders: Array<{ name: string; role: string; days: Array<{ on: string; weekday: string; closed: string; lines: PlanLine[] }> }>;
  empty: string;
  /** Said above everything of what is not approved. */
  draft: string;
  approved?: { name: string; title: string; on: string };
  labels: PdfPageLabel & { time: string; what: string; with: string; prepares: string; approved: string; tentative: string };
}

export interface PdfTemplates {
  pack: PackData;
  plan: PlanData;
  agenda: AgendaData;
  bundle: BundleData;
  'bundle-sheet': BundleSheetData;
  'bundle-stamps': BundleStampsData;
  labels: LabelsData;
  delivery: DeliveryBookData;
  archive: ArchiveData;
  'archive-carrier': CarrierData;
  box: BoxData;
  classified: ClassifiedData;
  closing: ClosingData;
  label: LabelData;
  letter: LetterData;
  minutes: MinutesData;
  note: NoteData;
  realisation: RealisationData;
  receipt: ReceiptData;
  register: RegisterData;
  table: TableData;
}
