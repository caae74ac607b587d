/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as an SQL literal. */
export const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Texts as an SQL list of literals. */
export const textList = (texts: readonly string[]): string => `[${texts.map(textLiteral).join(', ')}]`;
