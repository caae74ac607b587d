import { RE2JS } from 're2js';

/** Characters of a text beyond which no pattern holds, so that no value costs more than a moment wherever it is checked. */
export const LONGEST_MATCHED = 10_000;

/** What is wrong with a pattern, as the end of a sentence about it. */
export class PatternProblem extends Error {}

/**
 * A regular expression as JavaScript reads it with the u flag, run in time linear in the text: a pattern that someone else wrote cannot
 * hold up whoever checks with it. A text of more than 10,000 characters does not match.
 * @throws PatternProblem where it is no pattern, or one that cannot be run so: look-around, references back, or more than 1,000 repeats
 */
export function linearPattern(pattern: string): (text: string) => boolean {
  try {
    new RegExp(pattern, 'u').test('');
  } catch {
    throw new PatternProblem('is not a regular expression');
  }
  const found = BACKWARD.exec(withoutEscapes(pattern));
  if (found) throw new PatternProblem(`looks ahead or behind ('${found[0]}'), which cannot be checked in linear time`);
  if (/\\(?:[1-9]|k<)/.test(pattern.replaceAll('\\\\', '')))
    throw new PatternProblem('refers back to a group, which cannot be checked in linear time');
  const compiled = compile(translated(pattern));
  return (text) => text.length <= LONGEST_MATCHED && compiled.test(text);
}

/** What is wrong with a pattern; null when nothing is. */
export function patternProblem(pattern: string): string | null {
  try {
    linearPattern(pattern);
    return null;
  } catch (error) {
    if (error instanceof PatternProblem) return error.message;
    throw error;
  }
}

const BACKWARD = /\(\?<?[=!]/;
const withoutEscapes = (pattern: string): string => pattern.replace(/\\./gsu, '').replace(/\[[^\]]*\]/gu, '');

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    throw new PatternProblem(`cannot be checked in linear time (${why})`);
  }
}

/** White space and its opposite as JavaScript has them. */
const SPACE = '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NO_SPACE =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';
const ANY = '[^\\n\\r\\x{2028}\\x{2029}]';

/** The same pattern for RE2, where a point, white space and some escapes are other characters. */
function translated(pattern: string): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern[at] as string;
    if (c === '\\') {
      const [text, length] = escapeAt(pattern, at, inClass);
      out += text;
      at += length - 1;
    } else if (inClass) {
      inClass = c !== ']';
      // A bracket in a list is itself; RE2 would read the name of a class.
      out += c === '[' ? '\\[' : c;
    } else if (c === '[') {
      const rest = pattern.slice(at);
      if (rest.startsWith('[^]')) {
        out += '[\\x{0}-\\x{10ffff}]';
        at += 2;
      } else if (rest.startsWith('[]')) {
        out += '[^\\x{0}-\\x{10ffff}]';
        at += 1;
      } else {
        inClass = true;
        out += c;
      }
    } else out += c === '.' ? ANY : c;
  }
  return out;
}

/** What an escape becomes, and its length in the pattern. */
function escapeAt(pattern: string, at: number, inClass: boolean): readonly [string, number] {
  const next = pattern[at + 1] as string;
  const rest = pattern.slice(at);
  if (next === 's') return [inClass ? SPACE : `[${SPACE}]`, 2];
  if (next === 'S') return [inClass ? NO_SPACE : `[${NO_SPACE}]`, 2];
  if (next === 'b' && inClass) return ['\\x{8}', 2];
  if (next === '0') return ['\\x{0}', 2];
  if (next === 'c') return [`\\x{${((pattern.codePointAt(at + 2) as number) % 32).toString(16)}}`, 3];
  const pair = /^\\u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})/u.exec(rest);
  if (pair) {
    const point = (Number.parseInt(pair[1] as string, 16) - 0xd800) * 1024 + Number.parseInt(pair[2] as string, 16) - 0xdc00;
    return [`\\x{${(point + 0x10000).toString(16)}}`, 12];
  }
  const code = /^\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2}))/u.exec(rest);
  if (code) return [`\\x{${code[1] ?? code[2] ?? code[3]}}`, code[0].length];
  const property = /^\\([pP])\{(?:(?:Script|sc|General_Category|gc)=)?([^}=]+)\}/u.exec(rest);
  if (property) return [`\\${property[1]}{${property[2]}}`, property[0].length];
  return [`\\${next}`, 2];
}
