import { escapeMarkup } from '../markup.js';

/** Markup that is already safe. */
export class Html {
  constructor(readonly text: string) {}
}

export type Part = string | number | Html | readonly Html[] | null;

/** A template whose values are escaped, except for markup made by this same function. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  let text = strings[0] as string;
  values.forEach((value, i) => {
    text += markup(value) + (strings[i + 1] as string);
  });
  return new Html(text);
}

function markup(value: Part): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((part) => part.text).join('');
  return escapeMarkup(String(value));
}
