const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// Everything but the characters that an XML document may contain; half of a surrogate pair is no character.
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Characters that may stand in no document, however they are written, shown as replaced. */
export const legalCharacters = (text: string): string => text.replace(FORBIDDEN, '\ufffd');

/** Text as it may stand in HTML or SVG, in attribute values too. */
export const escapeMarkup = (text: string): string =>
  legalCharacters(text).replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
