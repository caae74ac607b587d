/** What a text stands for, or why it stands for nothing. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** 1 for '+', -1 for '-'. */
export type Direction = 1 | -1;

/**
 * Features with a direction each, from a text such as 'income:+, age:-'. A name that holds a mark is put in double quotes, doubled
 * inside.
 */
export function parseDirections(text: string): Parsed<ReadonlyMap<string, Direction>> {
  const tokens = tokensOf(text, ',:');
  if (!tokens) return { problem: 'has a quote that is not closed' };
  const value = new Map<string, Direction>();
  for (const part of partsOf(tokens, ',')) {
    const [name, colon, sign] = part;
    const isSign = sign?.text === '+' || sign?.text === '-';
    if (part.length !== 3 || name.mark || colon.text !== ':' || !isSign)
      return { problem: "must name features with '+' or '-', like 'income:+, age:-'" };
    if (value.has(name.text)) return { problem: `names '${name.text}' twice` };
    value.set(name.text, sign.text === '+' ? 1 : -1);
  }
  return { value };
}

/** Groups of features, from a text such as 'age, income; distance'; quotes as in directions. */
export function parseGroups(text: string): Parsed<readonly (readonly string[])[]> {
  const tokens = tokensOf(text, ',;');
  if (!tokens) return { problem: 'has a quote that is not closed' };
  const value: string[][] = [];
  for (const group of partsOf(tokens, ';')) {
    const names = partsOf(group, ',');
    if (names.some((part) => part.length !== 1 || part[0].mark))
      return { problem: "must list groups of features, like 'age, income; distance'" };
    value.push([...new Set(names.map(([name]) => name.text))]);
  }
  return { value };
}

/** A mark that parts names, or a name. */
interface Token {
  readonly text: string;
  readonly mark: boolean;
}

function tokensOf(text: string, marks: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const sign = text[at];
    if (sign.trim() === '') at++;
    else if (marks.includes(sign)) {
      tokens.push({ text: sign, mark: true });
      at++;
    } else if (sign === '"') {
      let name = '';
      for (at++; ; at++) {
        if (at >= text.length) return undefined;
        if (text[at] !== '"') name += text[at];
        else if (text[at + 1] === '"') name += text[at++];
        else break;
      }
      at++;
      tokens.push({ text: name, mark: false });
    } else {
      const from = at;
      while (at < text.length && !marks.includes(text[at])) at++;
      tokens.push({ text: text.slice(from, at).trim(), mark: false });
    }
  }
  return tokens;
}

function partsOf(tokens: readonly Token[], separator: string): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.mark && token.text === separator) parts.push([]);
    else parts[parts.length - 1].push(token);
  }
  return parts;
}
