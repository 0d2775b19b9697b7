const changed = new Set<string>();

/** After a change of a person's own settings or views the next page reads them anew. */
export const forgetMenu = (personId: string): void => void changed.add(personId);
/** Whether the settings were changed since the last time this was asked. */
export const takeChanged = (personId: string): boolean => changed.delete(personId);
