// The order matters: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
const browsers: readonly (readonly [RegExp, string])[] = [[/Edg(e|A|iOS)?\//, 'Edge'], [/OPR\//, 'Opera'], [/SamsungBrowser\//, 'Samsung Internet'], [/Firefox\/|FxiOS\//, 'Firefox'], [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'], [/Safari\//, 'Safari']];
const systems: readonly (readonly [RegExp, string])[] = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Macintosh|Mac OS X/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']];
const firstOf = (list: readonly (readonly [RegExp, string])[], agent: string): string => list.find(([sign]) => sign.test(agent))?.[1] ?? '';

/** A browser as people know it, from what it calls itself: “Firefox, Windows”; '' when it says neither. */
export const agentWords = (agent: string): string => [firstOf(browsers, agent), firstOf(systems, agent)].filter(Boolean).join(', ');
