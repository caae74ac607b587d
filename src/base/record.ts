/** A record without names of its own, so that any name is a key like any other: `__proto__`, `constructor`, `toString`. */
export const emptyRecord = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;
