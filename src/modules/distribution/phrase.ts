import type { LocalText } from '../../core/language.ts';

/** What leaders write most on a letter; an office may bring its own as `resolutionPhrases`. */
export const phrases: readonly { id: string; text: LocalText }[] = [
  { id: 'act', text: { en: 'For action within your competence.', sr: 'На надлежност и даљи поступак.', cnr: 'На надлежност и даље поступање.', mk: 'На надлежност и понатамошна постапка.', ro: 'Spre competentă soluționare.' } },
  { id: 'answer', text: { en: 'Prepare the answer for my signature.', sr: 'Припремити одговор за мој потпис.', cnr: 'Припремити одговор за мој потпис.', mk: 'Да се подготви одговор за мој потпис.', ro: 'Pregătiți răspunsul pentru semnare.' } },
  { id: 'opinion', text: { en: 'Consider and give your opinion.', sr: 'Размотрити и дати мишљење.', cnr: 'Размотрити и дати мишљење.', mk: 'Да се разгледа и да се даде мислење.', ro: 'Analizați și prezentați punctul de vedere.' } },
  { id: 'site', text: { en: 'Inspect on the spot and report.', sr: 'Изаћи на лице мјеста и извијестити.', cnr: 'Изаћи на лице мјеста и извијестити.', mk: 'Да се изврши увид на лице место и да се извести.', ro: 'Verificați la fața locului și raportați.' } },
  { id: 'discuss', text: { en: 'Discuss with me before you answer.', sr: 'Прије одговора консултовати се са мном.', cnr: 'Прије одговора консултовати се са мном.', mk: 'Пред одговорот да се консултира со мене.', ro: 'Discutați cu mine înainte de răspuns.' } },
];
/** The days that a resolution is usually given, in working days. */
export const dueDays = [3, 8, 15] as const;
