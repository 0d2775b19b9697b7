/** Which capabilities perform each duty (keys of docs/generated/duties.md). */
export const dutyCapabilities: Readonly<Record<string, readonly string[]>> = {
  'CT-01': ['directory', 'coordination'], 'CT-02': ['meetings'], 'CT-03': ['meetings'], 'CT-04': ['events', 'forum'], 'CT-05': ['events', 'obligations', 'meetings'], 'CT-06': ['requests'], 'CT-07': ['registry'], 'CT-08': ['audiences'],
  'CT-09': ['protocol', 'visits', 'travel'], 'CT-10': ['media', 'publishing'], 'CT-11': ['protocol', 'directory', 'events'], 'CT-12': ['translation'], 'CT-13': ['foi'], 'CT-14': ['publishing', 'directory'],
  'BL-01': ['directory', 'coordination'], 'BL-02': ['audiences'], 'BL-03': ['meetings'], 'BL-04': ['meetings'], 'BL-05': ['advice'], 'BL-06': ['advice'], 'BL-07': ['advice'], 'BL-08': ['projects'], 'BL-09': ['registry', 'plan'], 'BL-10': ['protocol', 'registry'],
  'BL-11': ['protocol', 'visits'], 'BL-12': ['events', 'protocol'], 'BL-13': ['events'], 'BL-14': ['plan'], 'BL-15': ['visits'], 'BL-16': ['events'], 'BL-17': ['travel'], 'BL-18': ['events', 'protocol'], 'BL-19': ['photos'], 'BL-20': ['media', 'campaigns'],
  'BL-21': ['campaigns', 'publishing'], 'BL-22': ['publishing'], 'BL-23': ['acts'], 'BL-24': ['registry', 'plan'], 'BL-25': ['procedures'], 'BL-26': ['obligations'],
  'OM-01': ['coordination', 'reports'], 'OM-02': ['events', 'protocol'], 'OM-03': ['directory', 'projects'], 'OM-04': ['registry', 'citizen-line'], 'OM-05': ['directory', 'forum'], 'OM-06': ['registry', 'acts'], 'OM-07': ['acts'], 'OM-08': ['acts'], 'OM-09': ['acts', 'advice'],
  'OM-10': ['council'], 'OM-11': ['publishing', 'rights'], 'OM-12': ['rights', 'citizen-line'], 'OM-13': ['campaigns'], 'OM-14': ['directory'], 'OM-15': ['events', 'campaigns'], 'OM-16': ['publishing'], 'OM-17': ['ict'], 'OM-18': ['publishing', 'ict'], 'OM-19': ['ict'],
  'MS-01': ['media', 'publishing'], 'MS-02': ['media'], 'MS-03': ['media'], 'MS-04': ['campaigns'], 'MS-05': ['audiences', 'obligations'], 'MS-06': ['requests', 'registry'], 'MS-07': ['oversight'], 'MS-08': ['obligations'], 'MS-09': ['obligations'], 'MS-10': ['reports'],
  'MS-11': ['coordination'], 'MS-12': ['directory', 'coordination'], 'MS-13': ['forum'], 'MS-14': ['directory', 'visits'],
  'SK-01': ['meetings'], 'SK-02': ['briefing'], 'SK-03': ['meetings'], 'SK-04': ['travel'], 'SK-05': ['protocol'], 'SK-06': ['events', 'awards'], 'SK-07': ['media'], 'SK-08': ['media'], 'SK-09': ['publishing'], 'SK-10': ['coordination'], 'SK-11': ['media'], 'SK-12': ['clipping'],
  'SK-13': ['citizen-line'], 'SK-14': ['forum'], 'SK-15': ['publishing'], 'SK-16': ['requests'], 'SK-17': ['surveys', 'hearings'], 'SK-18': ['surveys'], 'SK-19': ['quality'], 'SK-20': ['quality'], 'SK-21': ['quality', 'surveys'], 'SK-22': ['quality'], 'SK-23': ['quality'], 'SK-24': ['quality'],
  'SK-25': ['publishing', 'directory'],
};

/** Events that show work under a capability; the counts of the duties page and, later, the activity report read them. */
export const capabilityEvents: Readonly<Record<string, readonly string[]>> = {
  plan: ['plan.', 'engagement.'],
  requests: ['petition.', 'answer.'], coordination: ['contribution.'], briefing: ['pack.'], registry: ['petition.registered', 'petition.answered', 'petition.closed', 'case.', 'entry.', 'book.', 'delivery.', 'letter.', 'dispatch.', 'archive.', 'arrival.'],
  audiences: ['audience.asked', 'audience.scheduled', 'audience.noted', 'audience.held', 'audience.answered', 'audience.redirected', 'audience.declined'],
  meetings: ['meeting.', 'minutes.', 'conclusion.', 'agenda_proposal.'],
  obligations: ['obligation.', 'resolution.'], directory: ['party.'],
};
