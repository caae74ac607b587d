/**
 * How the values of a column are written where that is not the default way. What is absent is the default: nothing but the empty text
 * means missing, numbers have a decimal point and no groups, dates are written the ISO way.
 */
export interface ReadingPlan {
  /** Texts that mean missing once white space around them is taken off, beside the empty one. */
  readonly missing?: readonly string[];
  /** The decimal sign where it is not the point. */
  readonly decimal?: ',';
  /** The sign between groups of three digits; numbers without groups are read too. A space stands for all narrow and hard ones. */
  readonly group?: ',' | '.' | ' ' | "'";
  /** A currency sign, '%' or another text before or after a number, which changes nothing: '12.5%' is 12.5. */
  readonly unit?: string;
  /** How dates are written besides the ISO way. */
  readonly dates?: DateForm;
}

/**
 * `mdy`: 12/31/2023; `dmy`: 31.12.2023; `named`: 31 Dec 2023, Dec 31, 2023, 31-DEC-23 (read under the first two as well);
 * `compact`: 20231231 and 20231231235959, numbers of these digits too. Years of two digits are 1969 to 2068.
 */
export type DateForm = 'mdy' | 'dmy' | 'named' | 'compact';

export type ReadingField = keyof ReadingPlan;
