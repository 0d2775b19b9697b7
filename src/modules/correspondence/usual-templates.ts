import { localText, type LocaleId, type LocalText } from '../../core/language.ts';
import { localNames } from './field.ts';
import usual from './usual-templates.json' with { type: 'json' };

/** The usual letters in the language of an office, with the names of their fields in its script. */
export const usualTemplates = (locale: LocaleId): { name: string; subject: string; body: string }[] => (usual as { name: LocalText; subject: LocalText; body: LocalText }[])
  .map((one) => ({ name: localText(one.name, locale), subject: localNames(localText(one.subject, locale), locale), body: localNames(localText(one.body, locale), locale) }));
