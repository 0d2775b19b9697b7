import QRCode from 'qrcode';
import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { dayIn } from '../../core/day.ts';
import { id, say } from '../../core/input.ts';
import { formatDay } from '../../core/language.ts';
import { textIn } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';

const labelsAtMost = 240;
export const labelsASheet = 24;
export const Label = z.object({ id: z.string(), number: z.string(), title: z.string(), subject: z.string(), facts: z.array(z.object({ key: z.string(), label: z.string(), value: z.string() })), link: z.string(), qr: z.string() });
export type Label = z.infer<typeof Label>;

type Row = { id: string; reference: string; subject: string; number: number; class_code: string; unit_id: string | null; opened_at: Date; sub: number | null; direction: string | null; enclosures: number | null; value_noted: string | null; received_on: string | null; at: Date | null };
/** The value of a field of the receipt stamp, as the jurisdiction names them. */
function stampValue({ office, t, caller }: Pick<Context, 'office' | 't' | 'caller'>, key: string, row: Row): string {
  switch (key) {
    case 'body': return textIn(office.data.name, caller.locale);
    case 'receivedOn': return formatDay(row.received_on ?? dayIn(office.jurisdiction.timeZone, row.at ?? row.opened_at), caller.locale, 'numeric');
    case 'unit': return office.data.units.find((unit) => unit.id === row.unit_id)?.code || office.data.numbering.unit;
    case 'class': return row.class_code || office.data.numbering.class;
    case 'number': return row.reference;
    case 'seq': return String(row.number);
    case 'sub': return String(row.sub ?? 1);
    case 'attachments': return row.enclosures ? String(row.enclosures) : '–';
    case 'value': return row.value_noted || '–';
    case 'direction': return t(`entry.direction.${row.direction ?? 'in'}`);
    default: return '';
  }
}

export const printLabels = operation({
  id: 'label.print', kind: 'query', rest: 'GET /labels', allow: ['staff'],
  summary: 'What stands on the labels and in the receipt stamps of cases, by the jurisdiction’s stamp, with a QR code that opens the case.',
  input: z.object({ ids: z.union([z.string().transform((text) => text.split(',').filter(Boolean)), z.array(z.string())]).pipe(z.array(id()).min(1, say('field.choose')).max(labelsAtMost, say('label.too_many', { max: labelsAtMost }))) }),
  output: z.object({ labels: z.array(Label) }),
  async run(context, input) {
    const { db, office, kernel, caller } = context;
    const rows: Row[] = await db.selectFrom('case_file as c').leftJoin('entry as e', (join) => join.onRef('e.office_id', '=', 'c.office_id').onRef('e.case_id', '=', 'c.id').on('e.sub', '=', 1))
      .select(['c.id', 'c.reference', 'c.subject', 'c.number', 'c.class_code', 'c.unit_id', 'c.opened_at', 'e.sub', 'e.direction', 'e.enclosures', 'e.value_noted', 'e.received_on', 'e.at']).where('c.office_id', '=', office.id).where('c.id', 'in', input.ids).execute();
    const found = new Map(rows.map((row) => [row.id, row]));
    const labels = await Promise.all(input.ids.map(async (caseId) => {
      const row = found.get(caseId);
      if (!row) throw notFound();
      const link = `${officeAddress(kernel.config, office)}/c/${caseId}`;
      return {
        id: row.id, number: row.reference, title: textIn(office.data.name, caller.locale), subject: row.subject, link, qr: await QRCode.toString(link, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' }),
        facts: office.jurisdiction.stamp.fields.map((field) => ({ key: field.key, label: textIn(field.label, caller.locale), value: stampValue(context, field.key, row) })),
      };
    }));
    return { labels };
  },
});
